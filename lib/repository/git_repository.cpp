#include "repository/git_repository.h"

#include "repository/discovery.h"
#include "repository/git_program_repository.h"
#include "repository/problems.h"
#include "repository/tag_files.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/repository.h>

namespace mops::repository {
namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
template <typename T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

using RepositoryHandle = Handle<git_repository, git_repository_free>;
using ReferenceHandle = Handle<git_reference, git_reference_free>;
using ObjectHandle = Handle<git_object, git_object_free>;
using CommitHandle = Handle<git_commit, git_commit_free>;
using TreeHandle = Handle<git_tree, git_tree_free>;
using TreeEntryHandle = Handle<git_tree_entry, git_tree_entry_free>;
using BlobHandle = Handle<git_blob, git_blob_free>;
using OdbHandle = Handle<git_odb, git_odb_free>;
using StatusHandle = Handle<git_status_list, git_status_list_free>;
using IndexHandle = Handle<git_index, git_index_free>;
using ConfigHandle = Handle<git_config, git_config_free>;
using ConfigIteratorHandle = Handle<git_config_iterator, git_config_iterator_free>;
using SignatureHandle = Handle<git_signature, git_signature_free>;
using RemoteHandle = Handle<git_remote, git_remote_free>;

/// `call` fills an out-pointer; libgit2's code is returned, the object owned.
template <typename H, typename Call>
int fill(H& handle, Call&& call) {
  typename H::pointer raw = nullptr;
  const int rc = call(&raw);
  handle.reset(raw);
  return rc;
}

constexpr std::string_view k_tags_folder = "refs/tags/";

std::string last_message() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "libgit2 does not say why";
}

std::string to_hex_id(const git_oid* id) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), id);
  return hex;
}

/// libgit2 counts its users; the last one to leave frees its tables.
class LibraryUse {
 public:
  LibraryUse() { git_libgit2_init(); }
  ~LibraryUse() { git_libgit2_shutdown(); }
  LibraryUse(const LibraryUse&) = delete;
  LibraryUse& operator=(const LibraryUse&) = delete;
};

/// `path` below `folder`, relative to it; nullopt when it is elsewhere.
std::optional<std::string_view> relative_to(std::string_view path, std::string_view folder) {
  if (folder.empty()) return path;
  if (path.size() <= folder.size() + 1 || !path.starts_with(folder) || path[folder.size()] != '/') return std::nullopt;
  return path.substr(folder.size() + 1);
}

FileMode to_mode(git_filemode_t mode) {
  switch (mode) {
    case GIT_FILEMODE_BLOB_EXECUTABLE: return FileMode::executable;
    case GIT_FILEMODE_LINK: return FileMode::symlink;
    case GIT_FILEMODE_COMMIT: return FileMode::submodule;
    default: return FileMode::file;
  }
}

class GitIndex final : public SharedIndex {
 public:
  GitIndex(IndexHandle index) : index_(std::move(index)) {}
  [[nodiscard]] git_index* get() const { return index_.get(); }

 private:
  LibraryUse library_;
  IndexHandle index_;
};

class GitRepository final : public Repository {
 public:
  GitRepository(std::unique_ptr<LibraryUse> library, RepositoryHandle repository, Place place, Variables variables)
      : library_(std::move(library)), repository_(std::move(repository)), place_(std::move(place)), variables_(std::move(variables)) {}

  [[nodiscard]] const Place& place() const override { return place_; }
  Result<Head> head() override;
  Result<ObjectId> resolve(std::string_view revision) override;
  Result<std::vector<TreeFile>> tree_files(const ObjectId& commit, std::string_view folder) override;
  Result<void> read_blobs(std::span<const ObjectId> ids, const BlobVisitor& visit) override;
  Result<uint64_t> blob_size(const ObjectId& id) override;
  Result<WorkTreeStatus> work_tree_status(std::string_view folder) override;
  Result<std::vector<std::string>> work_tree_files(std::string_view folder) override;
  Result<std::vector<Tag>> tags(std::string_view prefix) override;
  Result<std::vector<std::string>> tag_names(std::string_view prefix) override;
  Result<TagCreation> create_annotated_tag(std::string_view name, const ObjectId& commit, std::string_view message) override;
  Result<ObjectId> root_commit() override;
  Result<History> history(const CommitQuery& query) override;
  Result<std::vector<Remote>> remotes() override;
  Result<bool> is_ignored(std::string_view folder, std::string_view path) override;
  std::shared_ptr<SharedIndex> index() override;
  void use(std::shared_ptr<SharedIndex> index) override;

 private:
  tl::unexpected<Error> unreadable(const ObjectId& id) { return fail(problems::unreadable_object(id, last_message())); }
  tl::unexpected<Error> damaged() { return fail(problems::damaged(place_.root, last_message())); }
  Result<CommitHandle> commit(const ObjectId& id);
  Result<WorkTreeStatus> status(std::string_view folder, git_status_show_t show);
  Result<std::optional<Tag>> tag(const std::string& reference_name);
  Result<SignatureHandle> tagger();
  bool signs_tags();
  /// For what libgit2 cannot do in a repository that it can open. nullptr: there is no git program.
  Repository* program();

  std::unique_ptr<LibraryUse> library_;
  RepositoryHandle repository_;
  Place place_;
  Variables variables_;
  std::unique_ptr<Repository> program_;
  std::shared_ptr<SharedIndex> index_;  ///< that it has in common with others; nullptr: its own
};

std::shared_ptr<SharedIndex> GitRepository::index() {
  IndexHandle index;
  if (!index_ && fill(index, [&](git_index** out) { return git_repository_index(out, repository_.get()); }) == 0)
    index_ = std::make_shared<GitIndex>(std::move(index));
  return index_;
}

void GitRepository::use(std::shared_ptr<SharedIndex> index) {
  const auto* shared = dynamic_cast<const GitIndex*>(index.get());
  if (shared != nullptr && git_repository_set_index(repository_.get(), shared->get()) == 0) index_ = std::move(index);
}

Repository* GitRepository::program() {
  if (!program_)
    if (auto opened = open_git_program_repository(place_.root, variables_)) program_ = *std::move(opened);
  return program_.get();
}

Result<CommitHandle> GitRepository::commit(const ObjectId& id) {
  git_oid oid;
  CommitHandle commit;
  if (git_oid_fromstrn(&oid, id.hex.data(), id.hex.size()) != 0 || id.hex.size() != GIT_OID_HEXSZ) return fail(problems::no_revision(id.hex));
  if (fill(commit, [&](git_commit** out) { return git_commit_lookup(out, repository_.get(), &oid); }) != 0) return unreadable(id);
  return commit;
}

Result<Head> GitRepository::head() {
  ReferenceHandle head;
  if (fill(head, [&](git_reference** out) { return git_reference_lookup(out, repository_.get(), "HEAD"); }) != 0) return damaged();
  Head result;
  if (git_reference_type(head.get()) == GIT_REFERENCE_SYMBOLIC) {
    constexpr std::string_view branches = "refs/heads/";
    const std::string_view target = git_reference_symbolic_target(head.get());
    result.branch = target.starts_with(branches) ? target.substr(branches.size()) : target;
    ReferenceHandle resolved;
    const int rc = fill(resolved, [&](git_reference** out) { return git_reference_resolve(out, head.get()); });
    if (rc == GIT_ENOTFOUND) return result;
    if (rc != 0) return damaged();
    head = std::move(resolved);
  }
  result.commit = ObjectId{to_hex_id(git_reference_target(head.get()))};
  return result;
}

Result<ObjectId> GitRepository::resolve(std::string_view revision) {
  ObjectHandle object;
  ObjectHandle commit;
  std::string text(revision);
  if (revision.starts_with(k_tags_folder))
    if (auto id = tag_id_in(place_.git_folder, revision.substr(k_tags_folder.size()))) text = *std::move(id);
  int rc = fill(object, [&](git_object** out) { return git_revparse_single(out, repository_.get(), text.c_str()); });
  if (rc == 0) rc = fill(commit, [&](git_object** out) { return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT); });
  if (rc != 0) return fail(problems::no_revision(revision));
  return ObjectId{to_hex_id(git_object_id(commit.get()))};
}

Result<std::vector<TreeFile>> GitRepository::tree_files(const ObjectId& id, std::string_view folder) {
  MOPS_ASSIGN(const CommitHandle commit, this->commit(id));
  TreeHandle tree;
  if (fill(tree, [&](git_tree** out) { return git_commit_tree(out, commit.get()); }) != 0) return unreadable(id);
  if (!folder.empty()) {
    TreeEntryHandle entry;
    const std::string path(folder);
    const int rc = fill(entry, [&](git_tree_entry** out) { return git_tree_entry_bypath(out, tree.get(), path.c_str()); });
    if (rc == GIT_ENOTFOUND || (rc == 0 && git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE))
      return fail(problems::no_folder_in_commit(id, folder));
    TreeHandle below;
    if (rc != 0 || fill(below, [&](git_tree** out) { return git_tree_lookup(out, repository_.get(), git_tree_entry_id(entry.get())); }) != 0)
      return unreadable(id);
    tree = std::move(below);
  }
  std::vector<TreeFile> files;
  const auto collect = [](const char* root, const git_tree_entry* entry, void* out) {
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) return 0;
    static_cast<std::vector<TreeFile>*>(out)->push_back({.path = std::string(root) + git_tree_entry_name(entry),
                                                         .blob = {to_hex_id(git_tree_entry_id(entry))},
                                                         .mode = to_mode(git_tree_entry_filemode(entry))});
    return 0;
  };
  if (git_tree_walk(tree.get(), GIT_TREEWALK_PRE, collect, &files) != 0) return unreadable(id);
  return files;
}

Result<void> GitRepository::read_blobs(std::span<const ObjectId> ids, const BlobVisitor& visit) {
  for (size_t i = 0; i < ids.size(); ++i) {
    git_oid oid;
    BlobHandle blob;
    if (git_oid_fromstrn(&oid, ids[i].hex.data(), ids[i].hex.size()) != 0 ||
        fill(blob, [&](git_blob** out) { return git_blob_lookup(out, repository_.get(), &oid); }) != 0)
      return unreadable(ids[i]);
    MOPS_TRY(visit(i, std::string_view(static_cast<const char*>(git_blob_rawcontent(blob.get())), static_cast<size_t>(git_blob_rawsize(blob.get())))));
  }
  return {};
}

Result<uint64_t> GitRepository::blob_size(const ObjectId& id) {
  git_oid oid;
  OdbHandle odb;
  size_t size = 0;
  git_object_t type{};
  if (git_oid_fromstrn(&oid, id.hex.data(), id.hex.size()) != 0 || fill(odb, [&](git_odb** out) { return git_repository_odb(out, repository_.get()); }) != 0 ||
      git_odb_read_header(&size, &type, odb.get(), &oid) != 0)
    return unreadable(id);
  return size;
}

Result<WorkTreeStatus> GitRepository::status(std::string_view folder, git_status_show_t show) {
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.show = show;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
  // To refresh is to write, and others read it.
  if (index_) options.flags |= GIT_STATUS_OPT_NO_REFRESH;
  std::string path(folder);
  char* pointer = path.data();
  if (!path.empty()) options.pathspec = {.strings = &pointer, .count = 1};
  StatusHandle list;
  if (fill(list, [&](git_status_list** out) { return git_status_list_new(out, repository_.get(), &options); }) != 0) return damaged();
  WorkTreeStatus result;
  for (size_t i = 0; i < git_status_list_entrycount(list.get()); ++i) {
    const git_status_entry* entry = git_status_byindex(list.get(), i);
    const git_diff_delta* delta = entry->index_to_workdir != nullptr ? entry->index_to_workdir : entry->head_to_index;
    const char* file = delta->old_file.path != nullptr ? delta->old_file.path : delta->new_file.path;
    if (const auto relative = relative_to(file, folder)) (entry->status == GIT_STATUS_WT_NEW ? result.untracked : result.changed).emplace_back(*relative);
  }
  std::sort(result.changed.begin(), result.changed.end());
  std::sort(result.untracked.begin(), result.untracked.end());
  return result;
}

Result<WorkTreeStatus> GitRepository::work_tree_status(std::string_view folder) {
  Result<WorkTreeStatus> found = status(folder, GIT_STATUS_SHOW_INDEX_AND_WORKDIR);
  // libgit2 runs no clean filters and reads no sparse index: what it calls changed may be an LFS file as it should be.
  if ((!found || !found->changed.empty()) && program() != nullptr) return program()->work_tree_status(folder);
  return found;
}

Result<std::vector<std::string>> GitRepository::work_tree_files(std::string_view folder) {
  Result<WorkTreeStatus> found = status(folder, GIT_STATUS_SHOW_WORKDIR_ONLY);
  if (!found && program() != nullptr) return program()->work_tree_files(folder);
  if (!found) return fail(std::move(found).error());
  std::vector<std::string> files = std::move(found->untracked);
  IndexHandle index;
  if (fill(index, [&](git_index** out) { return git_repository_index(out, repository_.get()); }) != 0) return damaged();
  size_t at = 0;
  const std::string prefix = folder.empty() ? "" : std::string(folder) + "/";
  if (git_index_find_prefix(&at, index.get(), prefix.c_str()) == 0) {
    for (; at < git_index_entrycount(index.get()); ++at) {
      const std::string_view path = git_index_get_byindex(index.get(), at)->path;
      if (!path.starts_with(prefix)) break;
      files.emplace_back(path.substr(prefix.size()));
    }
  }
  keep_files_on_disk(files, place_.root / folder);
  return files;
}

Result<std::optional<Tag>> GitRepository::tag(const std::string& reference_name) {
  git_oid id;
  ObjectHandle object;
  const auto hex = tag_id_in(place_.git_folder, std::string_view(reference_name).substr(k_tags_folder.size()));
  if (hex ? git_oid_fromstrn(&id, hex->data(), hex->size()) != 0 : git_reference_name_to_id(&id, repository_.get(), reference_name.c_str()) != 0) return damaged();
  if (fill(object, [&](git_object** out) { return git_object_lookup(out, repository_.get(), &id, GIT_OBJECT_ANY); }) != 0)
    return unreadable({to_hex_id(&id)});
  if (git_object_type(object.get()) != GIT_OBJECT_TAG) return std::nullopt;
  ObjectHandle commit;
  if (fill(commit, [&](git_object** out) { return git_object_peel(out, object.get(), GIT_OBJECT_COMMIT); }) != 0) return std::nullopt;
  const auto* tag = reinterpret_cast<const git_tag*>(object.get());
  Tag result{.name = reference_name.substr(k_tags_folder.size()), .commit = {to_hex_id(git_object_id(commit.get()))}};
  if (const git_signature* tagger = git_tag_tagger(tag)) {
    result.tagger_name = tagger->name;
    result.tagger_email = tagger->email;
    result.time = SystemTime(std::chrono::seconds(tagger->when.time));
  }
  const char* message = git_tag_message(tag);
  result.message = problems::tidy_message(problems::without_signature(message != nullptr ? message : ""));
  return result;
}

Result<std::vector<std::string>> GitRepository::tag_names(std::string_view prefix) { return tag_names_in(place_.git_folder, prefix); }

Result<std::vector<Tag>> GitRepository::tags(std::string_view prefix) {
  MOPS_ASSIGN(const std::vector<std::string> names, tag_names(prefix));
  std::vector<Tag> tags;
  for (const std::string& name : names) {
    MOPS_ASSIGN(std::optional<Tag> tag, this->tag("refs/tags/" + name));
    if (tag) tags.push_back(*std::move(tag));
  }
  return tags;
}

Result<History> GitRepository::history(const CommitQuery& query) {
  if (program() == nullptr) return fail(problems::no_git_program("to read the history of commits"));
  return program()->history(query);
}

bool GitRepository::signs_tags() {
  ConfigHandle config;
  int signs = 0;
  return fill(config, [&](git_config** out) { return git_repository_config_snapshot(out, repository_.get()); }) == 0 &&
         git_config_get_bool(&signs, config.get(), "tag.gpgsign") == 0 && signs != 0;
}

Result<SignatureHandle> GitRepository::tagger() {
  ConfigHandle config;
  if (fill(config, [&](git_config** out) { return git_repository_config_snapshot(out, repository_.get()); }) != 0) return damaged();
  const auto value = [&](std::string_view variable, const char* key) {
    if (const auto set = variables_.get(variable); set && !set->empty()) return *set;
    const char* configured = nullptr;
    return git_config_get_string(&configured, config.get(), key) == 0 ? std::string(configured) : std::string();
  };
  const std::string name = value("GIT_COMMITTER_NAME", "user.name");
  const std::string email = value("GIT_COMMITTER_EMAIL", "user.email");
  if (name.empty()) return fail(problems::no_identity("user.name"));
  if (email.empty()) return fail(problems::no_identity("user.email"));
  SignatureHandle signature;
  if (fill(signature, [&](git_signature** out) { return git_signature_now(out, name.c_str(), email.c_str()); }) != 0)
    return fail(problems::no_identity("user.name"));
  return signature;
}

Result<TagCreation> GitRepository::create_annotated_tag(std::string_view name, const ObjectId& id, std::string_view message) {
  const std::string short_name(name);
  const std::string reference_name = "refs/tags/" + short_name;
  if (name.starts_with('-') || git_reference_is_valid_name(reference_name.c_str()) == 0) return fail(problems::bad_tag_name(name));
  MOPS_ASSIGN(const CommitHandle commit, this->commit(id));
  ReferenceHandle existing;
  if (fill(existing, [&](git_reference** out) { return git_reference_lookup(out, repository_.get(), reference_name.c_str()); }) == 0) {
    MOPS_ASSIGN(const std::optional<Tag> found, tag(reference_name));
    if (!found) return fail(problems::tag_without_annotation(name));
    if (found->commit != id) return fail(problems::tag_taken(name, found->commit, id));
    return TagCreation::already_there;
  }
  if (signs_tags()) {
    if (program() == nullptr) return fail(problems::no_git_program("to sign tags, as `tag.gpgSign` of your git settings wants it"));
    return program()->create_annotated_tag(name, id, message);
  }
  MOPS_ASSIGN(const SignatureHandle signature, tagger());
  git_oid created;
  const auto* target = reinterpret_cast<const git_object*>(commit.get());
  if (git_tag_create(&created, repository_.get(), short_name.c_str(), target, signature.get(), problems::tidy_message(message).c_str(), 0) != 0)
    return fail(Error{.code = ErrorCode::outside, .message = fmt::format("cannot write the tag `{}`", name), .causes = {last_message()}});
  return TagCreation::created;
}

Result<ObjectId> GitRepository::root_commit() {
  MOPS_ASSIGN(ObjectId id, head_commit(*this));
  if (git_repository_is_shallow(repository_.get()) == 1) return fail(problems::shallow_history());
  MOPS_ASSIGN(CommitHandle commit, this->commit(id));
  while (git_commit_parentcount(commit.get()) > 0) {
    const ObjectId parent_id{to_hex_id(git_commit_parent_id(commit.get(), 0))};
    CommitHandle parent;
    if (fill(parent, [&](git_commit** out) { return git_commit_parent(out, commit.get(), 0); }) != 0) return unreadable(parent_id);
    commit = std::move(parent);
  }
  return ObjectId{to_hex_id(git_commit_id(commit.get()))};
}

Result<bool> GitRepository::is_ignored(std::string_view folder, std::string_view path) {
  const std::string whole = folder.empty() ? std::string(path) : fmt::format("{}/{}", folder, path);
  int ignored = 0;
  if (git_ignore_path_is_ignored(&ignored, repository_.get(), whole.c_str()) != 0) return damaged();
  return ignored != 0;
}

Result<std::vector<Remote>> GitRepository::remotes() {
  git_strarray names{};
  if (git_remote_list(&names, repository_.get()) != 0) return damaged();
  std::vector<Remote> remotes;
  for (size_t i = 0; i < names.count; ++i) {
    RemoteHandle remote;
    if (fill(remote, [&](git_remote** out) { return git_remote_lookup(out, repository_.get(), names.strings[i]); }) != 0) continue;
    const char* url = git_remote_url(remote.get());
    remotes.push_back({.name = names.strings[i], .url = url != nullptr ? url : ""});
  }
  git_strarray_dispose(&names);
  std::sort(remotes.begin(), remotes.end(), [](const Remote& a, const Remote& b) { return a.name < b.name; });
  return remotes;
}

/// Whether it is a partial clone: only the git program fetches what that left out. Before 2.22, git named the one such remote as an extension.
bool fetches_when_asked(git_repository* repository) {
  ConfigHandle config;
  ConfigIteratorHandle entries;
  if (fill(config, [&](git_config** out) { return git_repository_config_snapshot(out, repository); }) != 0) return false;
  const char* remote = nullptr;
  if (git_config_get_string(&remote, config.get(), "extensions.partialclone") == 0) return true;
  if (fill(entries, [&](git_config_iterator** out) { return git_config_iterator_new(out, config.get()); }) != 0) return false;
  for (git_config_entry* entry = nullptr; git_config_next(&entry, entries.get()) == 0;) {
    const std::string_view name = entry->name;
    int is_promisor = 0;
    if (name.starts_with("remote.") && name.ends_with(".promisor") && git_config_parse_bool(&is_promisor, entry->value) == 0 && is_promisor != 0) return true;
  }
  return false;
}

}  // namespace

tl::expected<std::unique_ptr<Repository>, Libgit2Refusal> open_git_repository(const Path& folder, const Variables& variables) {
  const auto refuse = [](Error error, bool unsupported = false) {
    return tl::unexpected<Libgit2Refusal>({.error = std::move(error), .unsupported = unsupported});
  };
  std::error_code none;
  const Path absolute = std::filesystem::canonical(folder, none);
  if (none || !std::filesystem::is_directory(absolute, none)) return refuse(problems::no_folder(folder));

  auto library = std::make_unique<LibraryUse>();
  RepositoryHandle repository;
  const int rc = fill(repository, [&](git_repository** out) { return git_repository_open_ext(out, absolute.c_str(), 0, nullptr); });
  if (rc != 0) {
    const std::string message = last_message();
    const std::optional<Path> around = folder_with_git(absolute);
    // 1.5 lets the missing key of the settings through as the error; later versions say GIT_EOWNER.
    if (rc == GIT_EOWNER || message.find("safe.directory") != std::string::npos) return refuse(problems::other_owner(around.value_or(absolute)));
    if (rc == GIT_ENOTFOUND && !around) return refuse(problems::no_repository(folder));
    return refuse(problems::damaged(around.value_or(absolute), message), true);
  }
  if (fetches_when_asked(repository.get())) return refuse(problems::damaged(folder, "it is a partial clone"), true);
  const Path git_folder = git_repository_commondir(repository.get());
  if (git_repository_workdir(repository.get()) == nullptr) return refuse(problems::no_work_tree(git_folder.parent_path()));
  std::optional<Place> place = place_of(absolute, git_repository_workdir(repository.get()), git_folder);
  if (!place) return refuse(problems::no_repository(folder));
  return std::make_unique<GitRepository>(std::move(library), std::move(repository), *std::move(place), variables);
}

}  // namespace mops::repository
