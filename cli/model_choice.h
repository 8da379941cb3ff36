#pragma once

#include "cli/env.h"

#include <span>
#include <string>
#include <vector>

namespace mops::cli {

/// The folders that words of a command line mean, each once, as the user would type them: a folder means itself; a file, also
/// one that was deleted since HEAD, the model that it belongs to. Files of no model are left out. Error: not_found for a word
/// that is neither.
Result<std::vector<std::string>> folders_of_words(Env& env, std::span<const std::string> words);

/// The models of the repository around the user in which a file differs from HEAD: is changed, new or deleted; not those that are
/// gone as a whole. When pre-commit says between which commits it looks (PRE_COMMIT_FROM_REF), also what differs from the first.
/// Errors as repository::open_repository.
Result<std::vector<std::string>> changed_models(Env& env);

}  // namespace mops::cli
