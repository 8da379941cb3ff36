#pragma once

#include "base/file_descriptor.h"
#include "base/file_system.h"
#include "base/random.h"
#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace mops::gateway {

/// Lines in files `decisions-ULID.jsonl` of a folder, the newest last. A file that is full is followed by a new one, and the oldest go, so
/// that all of them, also those of gateways before or beside this one, stay within the bound. Several processes may write to one folder. Whole
/// lines: after a kill only the last one of a file may be torn, after a failed write none. Not synchronised.
class DecisionLog {
 public:
  /// `most_bytes`: of all files together, at least k_least_bytes. Makes the folder (0700); the first line begins a file. Error: outside.
  static Result<DecisionLog> open(Path folder, uint64_t most_bytes);
  static constexpr uint64_t k_least_bytes = 1024 * 1024;

  /// False: nothing of the line was written (disk full, file system gone); later ones are tried anew.
  bool append(std::string_view line);

 private:
  DecisionLog(Path folder, uint64_t most_bytes) : folder_(std::move(folder)), most_bytes_(most_bytes) {}
  bool begin_file();
  void drop_oldest();
  [[nodiscard]] bool is_gone() const;

  Path folder_;
  uint64_t most_bytes_;
  FileDescriptor file_;
  Path name_;
  uint64_t size_ = 0;
};

}  // namespace mops::gateway
