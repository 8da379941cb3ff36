#include "cli/scratch_folder.h"

namespace mops::cli {
namespace {

void remove_abandoned(FileSystem& files, const Path& parent, const ScratchFolder::Abandoned& abandoned) {
  const auto entries = files.list(parent);
  if (!entries) return;
  for (const DirectoryEntry& entry : *entries) {
    const FolderLock lock = FolderLock::alone(parent / entry.name);
    if (!lock) continue;
    if (abandoned) abandoned(parent / entry.name);
    (void)files.remove(parent / entry.name);
  }
}

}  // namespace

Result<ScratchFolder> ScratchFolder::make(FileSystem& files, const Path& parent, const std::string& name, const Abandoned& abandoned) {
  remove_abandoned(files, parent, abandoned);
  ScratchFolder folder;
  folder.files_ = &files;
  folder.path_ = parent / name;
  // Between making and locking it, another command may take it for abandoned.
  constexpr int k_tries = 100;
  for (int i = 0; i < k_tries && !folder.lock_; ++i) {
    MOPS_TRY(files.make_directories(folder.path_));
    folder.lock_ = FolderLock::share(folder.path_);
  }
  if (!folder.lock_) return fail(ErrorCode::outside, fmt::format("cannot lock the folder `{}`", folder.path_.string()), "is it on a file system that has locks?");
  return folder;
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : files_(other.files_), path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

ScratchFolder& ScratchFolder::operator=(ScratchFolder&& other) noexcept {
  if (this == &other) return *this;
  remove();
  files_ = other.files_;
  path_ = std::exchange(other.path_, {});
  lock_ = std::move(other.lock_);
  return *this;
}

ScratchFolder::~ScratchFolder() { remove(); }

void ScratchFolder::remove() {
  if (!path_.empty()) (void)files_->remove(path_);
}

}  // namespace mops::cli
