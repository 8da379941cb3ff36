#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/node.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::model {

/// One line of `payload/v1`. `path` is relative to the model's folder, with `/`.
struct PayloadFile {
  std::string path;
  Digest digest;
  uint64_t size = 0;
  bool executable = false;
};

/// What runs and is measured; its digest is the model's identity (design.md, Decisions).
struct Payload {
  std::vector<PayloadFile> files;  ///< in byte order of the paths

  /// `<sha256>  <path>` lines as `sha256sum` prints them (a path with a backslash or a line break is escaped as it does).
  [[nodiscard]] std::string lines() const;
  [[nodiscard]] Digest digest() const;
};

/// False for the fixed list: README.md, CHANGELOG.md, release-notes/, statistics/, evidence/, .git*, CI and pre-commit files.
bool is_payload_path(std::string_view path);

/// The digest that stands on the line of `mops.yaml`: sha256 of its canonical JSON (RFC 8785) without owner, description,
/// level, policy and monitoring.
Digest manifest_digest(const document::Node& manifest);

/// The line of one file with that content: of a Git LFS pointer the file that it names, of `mops.yaml` manifest_digest. Error: invalid, a
/// `mops.yaml` that cannot be read.
Result<PayloadFile> payload_file(std::string path, std::string_view content, bool executable = false);

/// Sorts `files` into a payload. Files that are not payload are dropped.
Payload make_payload(std::vector<PayloadFile> files);

/// The reverse of Payload::lines; sizes and modes stay unknown. Error: invalid, also for lines out of order.
Result<Payload> parse_payload_lines(std::string_view lines);

/// A Git LFS pointer names the file that counts: its sha256 and size. nullopt when `content` is none.
struct LfsPointer {
  Digest sha256;
  uint64_t size = 0;
};
std::optional<LfsPointer> parse_lfs_pointer(std::string_view content);

}  // namespace mops::model
