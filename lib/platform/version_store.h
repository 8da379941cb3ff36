#pragma once

#include "base/digest.h"
#include "base/file_system.h"
#include "base/result.h"
#include "evidence/certificate.h"
#include "model/manifest.h"
#include "target/environment.h"

#include <optional>
#include <string>

namespace mops::platform {

/// The layout of a version on its way to the platform and in its store; the client fills it, the platform verifies it.
struct VersionFolder {
  Path root;
  [[nodiscard]] Path payload_lines() const { return root / "payload.sha256"; }   ///< as `mops payload` prints them
  [[nodiscard]] Path payload() const { return root / "payload"; }                ///< the files, and the artifacts of mops.lock
  [[nodiscard]] Path certificate() const { return root / "evidence" / "certificate.json"; }
  [[nodiscard]] Path public_key() const { return root / "evidence" / "key.pub"; }
  [[nodiscard]] Path environment() const { return root / "environment.yaml"; }   ///< as its policy describes it; earlier clients bring none
};

/// What a later promotion of the same payload may bring anew: owner, level and the like are no part of the payload.
struct VersionTexts {
  std::string manifest;
  std::string certificate;     ///< the envelope
  std::string public_key;      ///< PEM
  friend bool operator==(const VersionTexts&, const VersionTexts&) = default;
};

/// A version that the platform keeps: all that start, restart and rollback need.
struct StoredVersion {
  Digest payload;
  VersionFolder folder;
  model::Manifest manifest;
  evidence::Certificate certificate;
  Digest certificate_digest;
  std::string key_id;          ///< of the key that signed the certificate
  VersionTexts texts;          ///< where manifest and certificate were read from
  std::optional<target::Environment> environment = {};  ///< none: one of the platform's
};

/// Own copies of versions, by payload. Threads: calls about different payloads may overlap.
class VersionStore {
 public:
  VersionStore(FileSystem& files, Path folder) : files_(files), folder_(std::move(folder)) {}

  [[nodiscard]] bool has(const Digest& payload);
  /// Reads a kept version, with `newer` texts where a later promotion brought them. Of its files only the manifest is held
  /// against the payload: `verify` looks at all. Errors: not_found, invalid, refused.
  Result<StoredVersion> open(const Digest& payload, const std::optional<VersionTexts>& newer = {});
  /// Every file that the payload's lines or mops.lock name must be there with its digest, and the lines must have `payload` as
  /// theirs; what a version wrote beside them does not count. Error: refused, naming the first thing that does not match.
  Result<void> verify(const Digest& payload);
  /// Verifies `incoming` as `take` does, and leaves it where it is.
  Result<StoredVersion> examine(const Path& incoming, const Digest& payload);
  /// Verifies `incoming` whole and moves it into the store. One that is kept already stays, unless it is damaged, and takes the new
  /// description of its environment; what else came anew
  /// with it is in the `texts` of the result, for `open`. Besides what `verify` demands there must be no other file, and the
  /// certificate must be about the payload, PASSED, and signed by the key beside it. Error: refused, naming the first thing that does not match; then the
  /// store is as before.
  Result<StoredVersion> take(const Path& incoming, const Digest& payload);

 private:
  [[nodiscard]] VersionFolder folder_of(const Digest& payload) const { return {.root = folder_ / payload.hex()}; }
  Result<VersionTexts> read_texts(const VersionFolder& folder);
  Result<StoredVersion> read(const VersionFolder& folder, const Digest& payload, VersionTexts texts);

  FileSystem& files_;
  Path folder_;
};

}  // namespace mops::platform
