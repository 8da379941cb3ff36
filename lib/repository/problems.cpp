#include "repository/problems.h"

#include "base/text.h"

#include <fmt/format.h>

namespace mops::repository::problems {
namespace {

Error make(ErrorCode code, std::string message, std::string help) {
  return Error{.code = code, .message = std::move(message), .help = std::move(help)};
}

std::string_view short_id(const ObjectId& id) { return std::string_view(id.hex).substr(0, 10); }

/// As a word of a POSIX shell.
std::string shell_word(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@+:,=-") ==
                                          std::string_view::npos;
  return plain ? std::string(text) : "'" + replace_all(text, "'", "'\\''") + "'";
}

}  // namespace

Error no_folder(const Path& folder) {
  return make(ErrorCode::not_found, fmt::format("there is no folder `{}`", folder.string()), "name the folder of a model repository");
}

Error no_repository(const Path& folder) {
  return make(ErrorCode::not_found, fmt::format("`{}` is not in a git repository", folder.string()),
              "type `git init` in it, then `git add --all` and `git commit -m \"first version\"`");
}

Error damaged(const Path& folder, std::string_view found) {
  Error error = make(ErrorCode::invalid, fmt::format("the git repository of `{}` is damaged", folder.string()),
                     "type `git fsck` in it to see more, or clone it again");
  if (!found.empty()) error.causes.emplace_back(found);
  return error;
}

Error other_owner(const Path& root) {
  return make(ErrorCode::refused, fmt::format("the git repository `{}` is owned by another user, whose settings git does not trust", root.string()),
              fmt::format("if you trust it, type `git config --global --add safe.directory {}`", shell_word(root.string())));
}

Error no_work_tree(const Path& git_folder) {
  return make(ErrorCode::usage, fmt::format("`{}` is a bare git repository: it has no files to work on", git_folder.string()),
              fmt::format("clone it: `git clone {}`", shell_word(git_folder.string())));
}

Error no_git_program(std::string_view needed_for) {
  return make(ErrorCode::outside, fmt::format("cannot find the program `git`, which is needed {}", needed_for),
              "install it: `apt install git` on Debian and Ubuntu");
}

Error no_revision(std::string_view revision) {
  return make(ErrorCode::not_found, fmt::format("there is no revision `{}` in this repository", revision),
              "type `git fetch --tags` if it is on the host, `git tag` to see the tags that are here");
}

Error no_folder_in_commit(const ObjectId& commit, std::string_view folder) {
  return make(ErrorCode::not_found, fmt::format("commit `{}` has no folder `{}`", short_id(commit), folder),
              fmt::format("type `git add {}`, then `git commit`", shell_word(folder)));
}

Error unreadable_object(const ObjectId& id, std::string_view found) {
  Error error = make(ErrorCode::invalid, fmt::format("the git object `{}` is missing or damaged", short_id(id)),
                     "type `git fsck` to see more, or clone the repository again");
  if (!found.empty()) error.causes.emplace_back(found);
  return error;
}

Error shallow_history() {
  return make(ErrorCode::refused, "this clone is shallow: its first commit is not here", "type `git fetch --unshallow`");
}

Error no_identity(std::string_view missing_key) {
  const bool name = missing_key == "user.name";
  return make(ErrorCode::usage, fmt::format("git does not know your {}, which stands in every tag", name ? "name" : "address"),
              fmt::format("type `git config --global {} \"{}\"`", missing_key, name ? "Your Name" : "you@example.com"));
}

Error bad_tag_name(std::string_view name) {
  return make(ErrorCode::usage, fmt::format("git does not allow a tag with the name `{}`", name), "see `git help check-ref-format`");
}

Error tag_taken(std::string_view name, const ObjectId& taken_by, const ObjectId& wanted) {
  return make(ErrorCode::refused,
              fmt::format("the tag `{}` already exists on commit `{}`, not on `{}`", name, short_id(taken_by), short_id(wanted)),
              "take the next version: a published tag is never moved");
}

Error tag_without_annotation(std::string_view name) {
  return make(ErrorCode::refused, fmt::format("the tag `{}` already exists without a message (a lightweight tag)", name),
              fmt::format("if nobody has fetched it, type `git tag -d {}` and run this again", shell_word(name)));
}

std::string tidy_message(std::string_view message) {
  const size_t last = message.find_last_not_of(" \t\r\n");
  return std::string(message.substr(0, last == std::string_view::npos ? 0 : last + 1)) + "\n";
}

std::string without_signature(std::string_view message) {
  for (const std::string_view begin : {"-----BEGIN PGP SIGNATURE-----", "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----"}) {
    const size_t at = message.find(begin);
    if (at == 0 || (at != std::string_view::npos && message[at - 1] == '\n')) message = message.substr(0, at);
  }
  return std::string(message);
}

}  // namespace mops::repository::problems
