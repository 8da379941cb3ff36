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
  /// What their users look at: where it is commits only, git's index is not read.
  enum class Reads { work_tree, commits };

  WorkspacePool(Env& env, Reads reads) : env_(env), reads_(reads) {}

  struct Lease {
    Workspace workspace;
    size_t uses = 0;  ///< since its repository was opened
  };

  /// Errors as Workspace::open.
  Result<Lease> take(const std::string& directory);
  void give_back(Lease lease);

 private:
  Env& env_;
  Reads reads_;
  std::mutex mutex_;
  std::vector<Lease> idle_;  ///< the one that was given back last is the last
  Path root_;                ///< of the repository that was opened last
  std::shared_ptr<repository::SharedIndex> index_;  ///< its index
};

}  // namespace mops::cli
