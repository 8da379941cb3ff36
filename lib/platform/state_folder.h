#pragma once

#include "base/file_descriptor.h"
#include "base/file_system.h"
#include "base/process.h"
#include "base/result.h"

#include <cstdint>
#include <string>

namespace mops::platform {

/// Where a platform keeps everything; the only place that knows the names in it.
struct StateFolder {
  Path root;
  Path shared_environments = {};  ///< of another platform on this machine; empty: its own

  [[nodiscard]] Path lock_file() const { return root / "platform.lock"; }
  [[nodiscard]] Path database() const { return root / "platform.sqlite"; }
  [[nodiscard]] Path socket() const { return root / "admin.sock"; }
  [[nodiscard]] Path handover_socket() const { return root / "next.sock"; }
  [[nodiscard]] Path stages_file() const { return root / "stages.yaml"; }
  [[nodiscard]] Path own_log() const { return root / "platform.log"; }
  [[nodiscard]] Path versions() const { return root / "versions"; }
  [[nodiscard]] Path incoming() const { return root / "incoming"; }
  [[nodiscard]] Path environments() const { return shared_environments.empty() ? root / "environments" : shared_environments; }
  [[nodiscard]] Path decisions(const std::string& stage) const { return root / "decisions" / stage; }
  [[nodiscard]] Path log(const std::string& stage, const std::string& model, const std::string& payload) const {
    return root / "logs" / stage / model / (payload.substr(0, 12) + ".log");
  }

  /// `given`, else MOPS_STATE, else XDG_STATE_HOME/mops, else HOME/.local/state/mops. Absolute. Error: usage.
  static Result<StateFolder> find(const std::string& given, const Variables& variables, const Path& present_folder);
  /// Makes the folders (0700). Error: outside; usage when the path is too long for a Unix socket (107 bytes).
  [[nodiscard]] Result<void> make(FileSystem& files) const;
};

/// Held by the one platform of a state folder for as long as it lives; the kernel lets go of it however that ends.
class PlatformLock {
 public:
  /// Error: refused, naming the process that holds it.
  static Result<PlatformLock> take(const StateFolder& folder);

 private:
  explicit PlatformLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

/// The process that holds the lock; nullopt: none. A child of one that was killed may hold it for a moment longer, until it is a
/// program of its own: that is waited for.
std::optional<int64_t> running_platform(const StateFolder& folder);

}  // namespace mops::platform
