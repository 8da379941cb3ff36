#pragma once

#include "base/result.h"
#include "repository/repository.h"

#include <string>
#include <string_view>
#include <vector>

/// The errors and conventions that both implementations share, so that a person is told the same by either.
namespace mops::repository::problems {

Error no_folder(const Path& folder);
Error no_repository(const Path& folder);
Error damaged(const Path& folder, std::string_view found);
Error other_owner(const Path& root);
Error no_work_tree(const Path& git_folder);
Error no_git_program(std::string_view needed_for);
Error no_revision(std::string_view revision);
Error no_folder_in_commit(const ObjectId& commit, std::string_view folder);
Error unreadable_object(const ObjectId& id, std::string_view found);
Error shallow_history();
Error no_identity(std::string_view missing_key);
Error bad_tag_name(std::string_view name);
Error tag_taken(std::string_view name, const ObjectId& taken_by, const ObjectId& wanted);
Error tag_without_annotation(std::string_view name);

/// The message as it is stored: no blanks at the end, one line break.
std::string tidy_message(std::string_view message);
/// Without the signature block that git keeps at the end of a message.
std::string without_signature(std::string_view message);

}  // namespace mops::repository::problems
