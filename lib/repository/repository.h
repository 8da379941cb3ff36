#pragma once

#include "base/clock.h"
#include "base/file_system.h"
#include "base/process.h"
#include "base/result.h"

#include <compare>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::repository {

/// Names a commit or a blob: 40 lower-case hex digits, 64 in a SHA-256 repository.
struct ObjectId {
  std::string hex;

  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

/// Where a repository is, and which folder of it was asked for.
struct Place {
  Path root;           ///< of the work tree, absolute, links resolved
  Path git_folder;     ///< shared by all work trees: objects, refs, lfs/
  std::string folder;  ///< the folder that was opened, relative to root, with `/`; empty: root itself
};

struct Head {
  std::optional<ObjectId> commit;  ///< nullopt: nothing has been committed yet
  std::string branch;              ///< short name; empty when detached
  [[nodiscard]] bool is_detached() const { return branch.empty(); }
};

enum class FileMode { file, executable, symlink, submodule };

struct TreeFile {
  std::string path;  ///< relative to the folder that was asked for
  ObjectId blob;     ///< of a submodule: its commit, which is not in this repository
  FileMode mode = FileMode::file;

  friend bool operator==(const TreeFile&, const TreeFile&) = default;
};

/// What differs from HEAD, staged or not. Paths are relative to the folder that was asked for, in byte order.
struct WorkTreeStatus {
  std::vector<std::string> changed;    ///< modified, staged, deleted
  std::vector<std::string> untracked;  ///< neither tracked nor ignored; files, never folders
  [[nodiscard]] bool is_clean() const { return changed.empty() && untracked.empty(); }
};

struct Tag {
  std::string name;  ///< without refs/tags/
  ObjectId commit;   ///< through tags of tags
  std::string tagger_name;
  std::string tagger_email;
  SystemTime time;
  std::string message;  ///< ends in a line break; without a signature
};

struct Commit {
  ObjectId id;
  std::string message;  ///< UTF-8; ends in a line break
};

/// Which commits of the history are wanted: those that `from` has and `without` has not, no merges, that change something
/// below `folder` other than what `passed_over` names (entries of `folder`: folders or files).
struct CommitQuery {
  ObjectId from;
  std::optional<ObjectId> without = {};
  std::string folder = {};
  std::vector<std::string> passed_over = {};
};

struct History {
  std::vector<Commit> commits;  ///< parents before children
  bool is_cut_off = false;      ///< a shallow clone: there are older commits that are not here
};

enum class TagCreation { created, already_there };

struct Remote {
  std::string name;
  std::string url;  ///< as configured: may hold a password, so never printed as it is
};

/// Git's index as it was when it was read: what repositories of the same place, each in a thread of its own, may have in common, since a
/// monorepo's is large. Threads: any.
class SharedIndex {
 public:
  virtual ~SharedIndex() = default;
};

/// A git repository with a work tree, seen from one folder of it. `folder` arguments are relative to the root, with `/`, empty
/// for the root. Nothing here walks history but `root_commit` and `history`, nothing looks at the work tree but `work_tree_*`, nothing
/// touches the network. Implementations: over libgit2 and over the git program; tests/contract/repository holds for both.
/// Errors: not_found for what was named and is not there, invalid for a damaged repository, refused and usage as said below.
/// Threads: one at a time.
class Repository {
 public:
  virtual ~Repository() = default;

  [[nodiscard]] virtual const Place& place() const = 0;

  virtual Result<Head> head() = 0;
  /// Any revision that git understands, tags peeled.
  virtual Result<ObjectId> resolve(std::string_view revision) = 0;
  /// Every file below `folder` in that commit, in byte order of the paths. Error: not_found when the commit has no such folder.
  virtual Result<std::vector<TreeFile>> tree_files(const ObjectId& commit, std::string_view folder) = 0;

  /// Gives each blob's bytes to `visit` (index into `ids`, bytes that are borrowed for the call), in order; ends at the first
  /// error of either.
  using BlobVisitor = std::function<Result<void>(size_t index, std::string_view bytes)>;
  virtual Result<void> read_blobs(std::span<const ObjectId> ids, const BlobVisitor& visit) = 0;
  Result<std::string> read_blob(const ObjectId& id);
  /// In bytes, as `read_blob` gives them; reads no more than it must.
  virtual Result<uint64_t> blob_size(const ObjectId& id);

  virtual Result<WorkTreeStatus> work_tree_status(std::string_view folder) = 0;
  /// Files that are on the disk and tracked, or neither tracked nor ignored: relative to `folder`, in byte order.
  virtual Result<std::vector<std::string>> work_tree_files(std::string_view folder) = 0;

  /// Whether git ignores a file of that path (relative to `folder`) that is not tracked, whether it is there or not.
  virtual Result<bool> is_ignored(std::string_view folder, std::string_view path) = 0;

  /// Its index, for others; nullptr: it cannot be shared. From now on this repository, too, takes it as it is: to look for a newer one
  /// is to write into what other threads read.
  virtual std::shared_ptr<SharedIndex> index() { return nullptr; }
  /// From now on this repository takes `index` (of the same place) as it is, and looks no more for a newer one.
  virtual void use(std::shared_ptr<SharedIndex> /*index*/) {}

  /// Annotated tags whose name starts with `prefix` and which lead to a commit, in byte order of the names.
  virtual Result<std::vector<Tag>> tags(std::string_view prefix) = 0;
  /// Names of tags, with annotation or without, that start with `prefix`, in byte order. Reads no tag: cheap among thousands.
  virtual Result<std::vector<std::string>> tag_names(std::string_view prefix) = 0;
  /// Run again with the same target, it does nothing and says so. Errors: refused when the name is taken by another target or
  /// by a tag without annotation; usage when git does not know who the user is, or the name is none.
  virtual Result<TagCreation> create_annotated_tag(std::string_view name, const ObjectId& commit, std::string_view message) = 0;

  /// The commit without a parent at the end of HEAD's first parents: names a repository whatever it is called. Walks history.
  /// Error: refused in a shallow clone.
  virtual Result<ObjectId> root_commit() = 0;
  /// Walks history; by the git program. Error: outside without one.
  virtual Result<History> history(const CommitQuery& query) = 0;
  virtual Result<std::vector<Remote>> remotes() = 0;
};

/// Opens the repository that contains `folder` (an existing folder) by libgit2; by the git program where libgit2 does not
/// know the repository's format (SHA-256, partial clones). Errors: not_found when there is no such folder or no repository
/// around it, refused when it belongs to another user, usage when it has no work tree, invalid when it is damaged, outside
/// when git is needed and missing.
Result<std::unique_ptr<Repository>> open_repository(const Path& folder, const Variables& variables);

/// HEAD's commit. Error: refused when nothing has been committed yet.
Result<ObjectId> head_commit(Repository& repository);

}  // namespace mops::repository
