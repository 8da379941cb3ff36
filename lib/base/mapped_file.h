#pragma once

#include "base/result.h"

#include <filesystem>
#include <string_view>
#include <utility>

namespace mops {

/// The bytes of a regular file without a copy of them, read in when it is opened: whoever maps one reads all of it. Who shortens the file meanwhile ends the
/// process (SIGBUS).
class MappedFile {
 public:
  /// Errors: not_found, outside; invalid for what is no regular file.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace mops
