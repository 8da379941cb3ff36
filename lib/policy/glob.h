#pragma once

#include <string_view>

namespace mops::policy {

/// Whether a path fits a pattern: `*` is any part of a name, `?` one character of it, `**` between slashes any number of folders,
/// none among them. Paths have `/` and no leading one. Takes at most |pattern| × |path| steps.
bool fits_glob(std::string_view pattern, std::string_view path);

}  // namespace mops::policy
