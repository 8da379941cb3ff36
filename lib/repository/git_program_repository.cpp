#include "repository/git_program_repository.h"

#include "base/text.h"
#include "repository/discovery.h"
#include "repository/problems.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace mops::repository {
namespace {

std::string_view first_line(std::string_view text) { return trim(text.substr(0, text.find('\n'))); }

/// Cuts `text` behind the next `separator`; what was before it is returned.
std::string_view take(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

template <typename Number>
Number to_number(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

FileMode to_mode(std::string_view mode) {
  if (mode == "100755") return FileMode::executable;
  if (mode == "120000") return FileMode::symlink;
  if (mode == "160000") return FileMode::submodule;
  return FileMode::file;
}

class GitProgramRepository final : public Repository {
 public:
  GitProgramRepository(Place place, Variables variables) : place_(std::move(place)), variables_(std::move(variables)) {}

  [[nodiscard]] const Place& place() const override { return place_; }
  Result<Head> head() override;
  Result<ObjectId> resolve(std::string_view revision) override;
  Result<std::vector<TreeFile>> tree_files(const ObjectId& commit, std::string_view folder) override;
  Result<void> read_blobs(std::span<const ObjectId> ids, const BlobVisitor& visit) override;
  Result<WorkTreeStatus> work_tree_status(std::string_view folder) override;
  Result<std::vector<std::string>> work_tree_files(std::string_view folder) override;
  Result<std::vector<Tag>> tags(std::string_view prefix) override;
  Result<std::vector<std::string>> tag_names(std::string_view prefix) override;
  Result<TagCreation> create_annotated_tag(std::string_view name, const ObjectId& commit, std::string_view message) override;
  Result<ObjectId> root_commit() override;
  Result<History> history(const CommitQuery& query) override;
  Result<std::vector<Remote>> remotes() override;
  Result<bool> is_ignored(std::string_view folder, std::string_view path) override;

 private:
  Result<ProcessResult> git(std::vector<std::string> arguments, std::string input = {}) const;
  /// The same for a command that should not fail.
  Result<std::string> sure_git(std::vector<std::string> arguments, std::string input = {}) const;
  Result<void> check_identity() const;
  /// Whether `range` (as rev-list takes it) reaches a commit whose parents a shallow clone left out.
  Result<bool> is_cut_off(std::vector<std::string> range) const;

  Place place_;
  Variables variables_;
};

Result<ProcessResult> run_git(const Path& folder, const Variables& variables, std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.begin(), {"git", "--no-pager"});
  return run_process({.arguments = std::move(arguments), .folder = folder, .variables = variables, .input = std::move(input)});
}

Result<ProcessResult> GitProgramRepository::git(std::vector<std::string> arguments, std::string input) const {
  return run_git(place_.root, variables_, std::move(arguments), std::move(input));
}

Result<std::string> GitProgramRepository::sure_git(std::vector<std::string> arguments, std::string input) const {
  MOPS_ASSIGN(ProcessResult result, git(std::move(arguments), std::move(input)));
  if (result.exit_code != 0) return fail(problems::damaged(place_.root, first_line(result.errors)));
  return std::move(result.output);
}

Result<Head> GitProgramRepository::head() {
  MOPS_ASSIGN(const ProcessResult symbolic, git({"symbolic-ref", "--quiet", "HEAD"}));
  if (symbolic.exit_code > 1) return fail(problems::damaged(place_.root, first_line(symbolic.errors)));
  MOPS_ASSIGN(const ProcessResult commit, git({"rev-parse", "--verify", "--quiet", "HEAD"}));
  Head head;
  if (symbolic.exit_code == 0) {
    constexpr std::string_view branches = "refs/heads/";
    const std::string_view target = first_line(symbolic.output);
    head.branch = target.starts_with(branches) ? target.substr(branches.size()) : target;
  } else if (commit.exit_code != 0) {
    return fail(problems::damaged(place_.root, "HEAD is neither a branch nor a commit"));
  }
  if (commit.exit_code == 0) head.commit = ObjectId{std::string(first_line(commit.output))};
  return head;
}

Result<ObjectId> GitProgramRepository::resolve(std::string_view revision) {
  MOPS_ASSIGN(const ProcessResult result, git({"rev-parse", "--verify", "--quiet", "--end-of-options", fmt::format("{}^{{commit}}", revision)}));
  if (result.exit_code != 0) return fail(problems::no_revision(revision));
  return ObjectId{std::string(first_line(result.output))};
}

Result<std::vector<TreeFile>> GitProgramRepository::tree_files(const ObjectId& commit, std::string_view folder) {
  MOPS_ASSIGN(const ProcessResult result, git({"ls-tree", "-r", "-z", "--full-tree", fmt::format("{}:{}", commit.hex, folder)}));
  if (result.exit_code != 0) {
    const std::string_view found = first_line(result.errors);
    MOPS_ASSIGN(const ProcessResult root, git({"cat-file", "-e", commit.hex + "^{tree}"}));
    const bool is_absent = found.find("Not a valid object name") != std::string_view::npos || found.find("not a tree object") != std::string_view::npos;
    if (root.exit_code == 0 && is_absent && !folder.empty()) return fail(problems::no_folder_in_commit(commit, folder));
    return fail(problems::unreadable_object(commit, found));
  }
  std::vector<TreeFile> files;
  std::string_view rest = result.output;
  while (!rest.empty()) {
    std::string_view record = take(rest, '\0');
    const std::string_view mode = take(record, ' ');
    take(record, ' ');
    const std::string_view id = take(record, '\t');
    files.push_back({.path = std::string(record), .blob = {std::string(id)}, .mode = to_mode(mode)});
  }
  return files;
}

Result<void> GitProgramRepository::read_blobs(std::span<const ObjectId> ids, const BlobVisitor& visit) {
  constexpr size_t k_batch = 64;  // bounds what is in memory at a time; a process costs as much as some ten files
  for (size_t begin = 0; begin < ids.size(); begin += k_batch) {
    const auto batch = ids.subspan(begin, std::min(k_batch, ids.size() - begin));
    std::string input;
    for (const ObjectId& id : batch) input += id.hex + "\n";
    MOPS_ASSIGN(const ProcessResult result, git({"cat-file", "--batch"}, std::move(input)));
    std::string_view rest = result.output;
    for (size_t i = 0; i < batch.size(); ++i) {
      std::string_view line = take(rest, '\n');
      take(line, ' ');
      const std::string_view type = take(line, ' ');
      const size_t size = to_number<size_t>(line);
      if (type != "blob" || rest.size() <= size) {
        const std::string_view found = result.errors.empty() ? type : first_line(result.errors);
        return fail(problems::unreadable_object(batch[i], found));
      }
      MOPS_TRY(visit(begin + i, rest.substr(0, size)));
      rest.remove_prefix(size + 1);
    }
  }
  return {};
}

Result<WorkTreeStatus> GitProgramRepository::work_tree_status(std::string_view folder) {
  std::vector<std::string> arguments = {"status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignored=no"};
  if (!folder.empty()) arguments.insert(arguments.end(), {"--", fmt::format(":(top,literal){}", folder)});
  MOPS_ASSIGN(const std::string output, sure_git(std::move(arguments)));
  WorkTreeStatus status;
  std::string_view rest = output;
  while (!rest.empty()) {
    std::string_view record = take(rest, '\0');
    const std::string_view kind = take(record, ' ');
    if (kind == "#" || kind == "!") continue;
    const int fields = kind == "1" ? 7 : kind == "u" ? 9 : kind == "2" ? 8 : 0;
    for (int i = 0; i < fields; ++i) take(record, ' ');
    if (kind == "2") take(rest, '\0');
    if (!folder.empty()) record.remove_prefix(std::min(record.size(), folder.size() + 1));
    (kind == "?" ? status.untracked : status.changed).emplace_back(record);
  }
  std::sort(status.changed.begin(), status.changed.end());
  std::sort(status.untracked.begin(), status.untracked.end());
  return status;
}

Result<std::vector<std::string>> GitProgramRepository::work_tree_files(std::string_view folder) {
  std::vector<std::string> arguments = {"ls-files", "-z", "--cached", "--others", "--exclude-standard"};
  if (!folder.empty()) arguments.insert(arguments.end(), {"--", fmt::format(":(top,literal){}", folder)});
  MOPS_ASSIGN(const std::string output, sure_git(std::move(arguments)));
  std::vector<std::string> files;
  std::string_view rest = output;
  while (!rest.empty()) {
    std::string_view path = take(rest, '\0');
    if (!folder.empty()) path.remove_prefix(std::min(path.size(), folder.size() + 1));
    files.emplace_back(path);
  }
  keep_files_on_disk(files, place_.root / folder);
  return files;
}

Result<std::vector<Tag>> GitProgramRepository::tags(std::string_view prefix) {
  MOPS_ASSIGN(const std::string output,
              sure_git({"for-each-ref",
                        "--format=%(refname)%00%(objecttype)%00%(*objecttype)%00%(*objectname)%00%(taggername)%00%(taggeremail)%00"
                        "%(taggerdate:unix)%00%(contents)%00",
                        "refs/tags/"}));
  std::vector<Tag> tags;
  std::string_view rest = output;
  while (rest.size() > 1) {
    constexpr std::string_view folder = "refs/tags/";
    Tag tag;
    std::string_view name = take(rest, '\0');
    if (name.starts_with('\n')) name.remove_prefix(1);
    name.remove_prefix(std::min(name.size(), folder.size()));
    tag.name = name;
    const std::string_view type = take(rest, '\0');
    const std::string_view target_type = take(rest, '\0');
    tag.commit.hex = take(rest, '\0');
    tag.tagger_name = take(rest, '\0');
    std::string_view email = take(rest, '\0');
    if (email.starts_with('<') && email.ends_with('>')) email = email.substr(1, email.size() - 2);
    tag.tagger_email = email;
    tag.time = SystemTime(std::chrono::seconds(to_number<int64_t>(take(rest, '\0'))));
    tag.message = problems::tidy_message(problems::without_signature(take(rest, '\0')));
    if (type != "tag" || !tag.name.starts_with(prefix)) continue;
    if (target_type != "commit") {
      const Result<ObjectId> commit = resolve("refs/tags/" + tag.name);
      if (!commit) continue;
      tag.commit = *commit;
    }
    tags.push_back(std::move(tag));
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.name < b.name; });
  return tags;
}

Result<std::vector<std::string>> GitProgramRepository::tag_names(std::string_view prefix) {
  MOPS_ASSIGN(const std::string output, sure_git({"for-each-ref", "--format=%(refname)", "refs/tags/"}));
  std::vector<std::string> names;
  for (std::string_view line : split(output, '\n')) {
    line.remove_prefix(std::min(line.size(), std::string_view("refs/tags/").size()));
    if (!line.empty() && line.starts_with(prefix)) names.emplace_back(line);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> GitProgramRepository::is_cut_off(std::vector<std::string> range) const {
  range.insert(range.begin(), {"rev-list", "--max-parents=0"});
  MOPS_ASSIGN(const std::string ends, sure_git(std::move(range)));
  for (const std::string_view id : split(trim(ends), '\n')) {
    if (id.empty()) continue;
    // The walk ends here; the commit itself says whether it has parents.
    MOPS_ASSIGN(const std::string raw, sure_git({"cat-file", "commit", std::string(id)}));
    if (std::string_view(raw).substr(0, raw.find("\n\n")).find("\nparent ") != std::string_view::npos) return true;
  }
  return false;
}

Result<History> GitProgramRepository::history(const CommitQuery& query) {
  std::vector<std::string> range = {query.from.hex};
  if (query.without) range.push_back("^" + query.without->hex);
  std::vector<std::string> arguments = {"rev-list", "--no-merges", "--full-history", "--topo-order", "--reverse", "--encoding=UTF-8", "--format=%H%x00%B%x00"};
  arguments.insert(arguments.end(), range.begin(), range.end());
  arguments.insert(arguments.end(), {"--", fmt::format(":(top,literal){}", query.folder)});
  const std::string prefix = query.folder.empty() ? "" : query.folder + "/";
  for (const std::string& name : query.passed_over) arguments.push_back(fmt::format(":(top,exclude,literal){}{}", prefix, name));
  MOPS_ASSIGN(const std::string output, sure_git(std::move(arguments)));
  History history;
  std::string_view rest = output;
  while (rest.size() > 1) {
    std::string_view id = take(rest, '\0');
    id.remove_prefix(id.rfind('\n') + 1);  // behind git's own line `commit ID`
    history.commits.push_back({.id = {std::string(id)}, .message = problems::tidy_message(take(rest, '\0'))});
  }
  MOPS_ASSIGN(history.is_cut_off, is_cut_off(std::move(range)));
  return history;
}

Result<void> GitProgramRepository::check_identity() const {
  constexpr std::pair<std::string_view, std::string_view> wanted[] = {{"GIT_COMMITTER_NAME", "user.name"}, {"GIT_COMMITTER_EMAIL", "user.email"}};
  for (const auto& [variable, key] : wanted) {
    if (const auto set = variables_.get(variable); set && !set->empty()) continue;
    MOPS_ASSIGN(const ProcessResult configured, git({"config", "--get", std::string(key)}));
    if (configured.exit_code != 0 || trim(configured.output).empty()) return fail(problems::no_identity(key));
  }
  return {};
}

Result<TagCreation> GitProgramRepository::create_annotated_tag(std::string_view name, const ObjectId& id, std::string_view message) {
  const std::string reference_name = fmt::format("refs/tags/{}", name);
  MOPS_ASSIGN(const ProcessResult valid, git({"check-ref-format", reference_name}));
  if (valid.exit_code != 0 || name.starts_with('-')) return fail(problems::bad_tag_name(name));
  MOPS_TRY(resolve(id.hex));
  MOPS_ASSIGN(const ProcessResult existing, git({"show-ref", "--verify", "--quiet", reference_name}));
  if (existing.exit_code == 0) {
    MOPS_ASSIGN(const std::vector<Tag> found, tags(name));
    if (found.empty() || found.front().name != name) return fail(problems::tag_without_annotation(name));
    if (found.front().commit != id) return fail(problems::tag_taken(name, found.front().commit, id));
    return TagCreation::already_there;
  }
  MOPS_TRY(check_identity());
  MOPS_ASSIGN(const ProcessResult result,
              git({"tag", "--annotate", "--cleanup=verbatim", "--file=-", std::string(name), id.hex}, problems::tidy_message(message)));
  if (result.exit_code != 0)
    return fail(Error{.code = ErrorCode::outside, .message = fmt::format("cannot write the tag `{}`", name), .causes = {std::string(trim(result.errors))}});
  return TagCreation::created;
}

Result<ObjectId> GitProgramRepository::root_commit() {
  MOPS_TRY(head_commit(*this));
  MOPS_ASSIGN(const std::string shallow, sure_git({"rev-parse", "--is-shallow-repository"}));
  if (trim(shallow) == "true") return fail(problems::shallow_history());
  MOPS_ASSIGN(const std::string roots, sure_git({"rev-list", "--first-parent", "--max-parents=0", "HEAD"}));
  return ObjectId{std::string(first_line(roots))};
}

Result<bool> GitProgramRepository::is_ignored(std::string_view folder, std::string_view path) {
  const std::string whole = folder.empty() ? std::string(path) : fmt::format("{}/{}", folder, path);
  MOPS_ASSIGN(const ProcessResult result, git({"check-ignore", "-q", "--no-index", "--", whole}));
  return result.exit_code == 0;
}

Result<std::vector<Remote>> GitProgramRepository::remotes() {
  MOPS_ASSIGN(const ProcessResult result, git({"config", "--null", "--get-regexp", "^remote\\..*\\.url$"}));
  std::vector<Remote> remotes;
  std::string_view rest = result.output;
  while (!rest.empty()) {
    std::string_view url = take(rest, '\0');
    std::string_view name = take(url, '\n');
    name.remove_prefix(std::string_view("remote.").size());
    name.remove_suffix(std::string_view(".url").size());
    if (remotes.empty() || remotes.back().name != name) remotes.push_back({.name = std::string(name), .url = std::string(url)});
  }
  std::sort(remotes.begin(), remotes.end(), [](const Remote& a, const Remote& b) { return a.name < b.name; });
  return remotes;
}

}  // namespace

Variables git_variables(Variables variables) {
  for (const std::string_view name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
                                      "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_GLOB_PATHSPECS",
                                      "GIT_NOGLOB_PATHSPECS", "GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS", "LANGUAGE"})
    variables.unset(name);
  variables.set("GIT_OPTIONAL_LOCKS", "0");
  variables.set("LC_ALL", "C.UTF-8");
  return variables;
}

Result<std::unique_ptr<Repository>> open_git_program_repository(const Path& folder, const Variables& variables) {
  std::error_code none;
  const Path absolute = std::filesystem::canonical(folder, none);
  if (none || !std::filesystem::is_directory(absolute, none)) return fail(problems::no_folder(folder));
  if (!find_program("git", variables)) return fail(problems::no_git_program("to read this kind of repository"));

  Variables own = git_variables(variables);
  MOPS_ASSIGN(const ProcessResult result, run_git(absolute, own, {"rev-parse", "--is-bare-repository", "--path-format=absolute",
                                                                 "--git-common-dir", "--show-toplevel"}));
  std::string_view rest = result.output;
  const bool is_bare = take(rest, '\n') == "true";
  const std::string_view git_folder = take(rest, '\n');
  const std::string_view root = take(rest, '\n');
  if (is_bare) return fail(problems::no_work_tree(git_folder));
  if (result.exit_code != 0) {
    const std::optional<Path> around = folder_with_git(absolute);
    if (result.errors.find("dubious ownership") != std::string::npos) return fail(problems::other_owner(around.value_or(absolute)));
    if (!around || !git_folder.empty()) return fail(problems::no_repository(folder));
    return fail(problems::damaged(*around, first_line(result.errors)));
  }
  std::optional<Place> place = place_of(absolute, Path(root), Path(git_folder));
  if (!place) return fail(problems::no_repository(folder));
  return std::make_unique<GitProgramRepository>(*std::move(place), std::move(own));
}

}  // namespace mops::repository
