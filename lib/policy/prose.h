#pragma once

#include "base/diagnostic.h"
#include "document/document.h"

#include <vector>

namespace mops::policy {

/// What release notes say in words: at least one change, or that nobody notices one (`notes/empty`), and nothing that a draft left
/// for a person to write (`notes/draft-text`). Requires a root.
std::vector<Diagnostic> check_prose(const document::Document& notes);

}  // namespace mops::policy
