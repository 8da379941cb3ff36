#pragma once

#include "cli/workspace.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// Open repositories that are kept for the next model in the same one: a monorepo is opened once for each thread, not once for
/// each model. Safe from any thread; what it hands out belongs to one at a time.
class WorkspacePool {
 public:
  explicit WorkspacePool(Env& env) : env_(env) {}

  /// Errors as Workspace::open.
  Result<Workspace> take(const std::string& directory);
  void give_back(Workspace workspace);

 private:
  Env& env_;
  std::mutex mutex_;
  std::vector<Workspace> idle_;  ///< the one that was given back last is the last
};

}  // namespace mops::cli
