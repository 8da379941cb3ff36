#include "cli/workspace_pool.h"

namespace mops::cli {
namespace {

/// Each holds a file or two open, and an index in memory.
constexpr size_t k_most_idle = 4;

}  // namespace

Result<Workspace> WorkspacePool::take(const std::string& directory) {
  std::optional<Workspace> idle;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (idle)
    if (auto reopened = Workspace::reopen(*std::move(idle), env_, directory)) return *std::move(reopened);
  return Workspace::open(env_, directory);
}

void WorkspacePool::give_back(Workspace workspace) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(workspace));
  if (idle_.size() > k_most_idle) idle_.erase(idle_.begin());
}

}  // namespace mops::cli
