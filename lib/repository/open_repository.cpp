#include "repository/git_program_repository.h"
#include "repository/git_repository.h"
#include "repository/repository.h"

namespace mops::repository {

Result<std::unique_ptr<Repository>> open_repository(const Path& folder, const Variables& variables) {
  auto opened = open_git_repository(folder, variables);
  if (opened) return *std::move(opened);
  Libgit2Refusal refusal = std::move(opened).error();
  if (!refusal.unsupported) return fail(std::move(refusal.error));

  auto by_program = open_git_program_repository(folder, variables);
  if (!by_program && by_program.error().code == ErrorCode::outside) {
    Error error = std::move(by_program).error();
    error.causes.push_back(std::move(refusal.error.message));
    for (std::string& cause : refusal.error.causes) error.causes.push_back(std::move(cause));
    return fail(std::move(error));
  }
  return by_program;
}

}  // namespace mops::repository
