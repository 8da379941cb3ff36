#pragma once

#include "base/digest.h"
#include "base/file_system.h"
#include "base/result.h"
#include "evidence/certificate.h"
#include "model/manifest.h"

#include <string>

namespace mops::platform {

/// The layout of a version on its way to the platform and in its store; the client fills it, the platform verifies it.
struct VersionFolder {
  Path root;
  [[nodiscard]] Path payload_lines() const { return root / "payload.sha256"; }   ///< as `mops payload` prints them
  [[nodiscard]] Path payload() const { return root / "payload"; }                ///< the files, and the artifacts of mops.lock
  [[nodiscard]] Path certificate() const { return root / "evidence" / "certificate.json"; }
  [[nodiscard]] Path public_key() const { return root / "evidence" / "key.pub"; }
};

/// A version that the platform keeps: all that start, restart and rollback need.
struct StoredVersion {
  Digest payload;
  VersionFolder folder;
  model::Manifest manifest;
  evidence::Certificate certificate;
  Digest certificate_digest;
  std::string key_id;          ///< of the key that signed the certificate
};

/// Own copies of versions, by payload. Threads: calls about different payloads may overlap.
class VersionStore {
 public:
  VersionStore(FileSystem& files, Path folder) : files_(files), folder_(std::move(folder)) {}

  [[nodiscard]] bool has(const Digest& payload);
  /// Reads a kept version; the bytes of its files are trusted since `take`. Errors: not_found, invalid.
  Result<StoredVersion> open(const Digest& payload);
  /// Verifies `incoming` whole and moves it into the store; one that is kept already only gets the newer manifest and
  /// certificate. Every
  /// file must be named by the payload's lines or by mops.lock with its digest, the lines must have `payload` as theirs, the
  /// certificate must be about it, PASSED, and signed by the key beside it. Error: refused, naming the first thing that does
  /// not match; then the store is as before.
  Result<StoredVersion> take(const Path& incoming, const Digest& payload);

 private:
  [[nodiscard]] VersionFolder folder_of(const Digest& payload) const { return {.root = folder_ / payload.hex()}; }
  Result<StoredVersion> read(const VersionFolder& folder, const Digest& payload);

  FileSystem& files_;
  Path folder_;
};

}  // namespace mops::platform
