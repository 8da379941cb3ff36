#include "cli/workspace_pool.h"

namespace mops::cli {
namespace {

/// Each holds a file or two open, and an index in memory.
constexpr size_t k_most_idle = 4;
/// libgit2 keeps what it read of ignore files as long as a repository is open: in a monorepo that would grow with every model.
constexpr size_t k_most_uses = 500;

}  // namespace

Result<WorkspacePool::Lease> WorkspacePool::take(const std::string& directory) {
  std::optional<Lease> idle;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (idle)
    if (auto reopened = Workspace::reopen(std::move(idle->workspace), env_, directory)) return Lease{.workspace = *std::move(reopened), .uses = idle->uses + 1};
  MOPS_ASSIGN(Workspace opened, Workspace::open(env_, directory));
  if (reads_ == Reads::work_tree) {
    const std::lock_guard lock(mutex_);
    const Path& root = opened.repository().place().root;
    if (index_ == nullptr || root_ != root) index_ = opened.repository().index();
    else opened.repository().use(index_);
    root_ = root;
  }
  return Lease{.workspace = std::move(opened), .uses = 1};
}

void WorkspacePool::give_back(Lease lease) {
  if (lease.uses >= k_most_uses) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(lease));
  if (idle_.size() > k_most_idle) idle_.erase(idle_.begin());
}

}  // namespace mops::cli
