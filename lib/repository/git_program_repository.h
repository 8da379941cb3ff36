#pragma once

#include "repository/repository.h"

namespace mops::repository {

/// Over the git program: some milliseconds a call, but it reads every repository that the user's git reads.
/// Error: outside when there is no git program; else as open_repository.
Result<std::unique_ptr<Repository>> open_git_program_repository(const Path& folder, const Variables& variables);

/// `variables` without those that would point git at another repository than the folder's own (a hook runs with some set),
/// with messages in English and without locks that are only taken to save time.
Variables git_variables(Variables variables);

}  // namespace mops::repository
