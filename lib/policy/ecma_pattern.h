#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mops::policy {

/// Rewrites a regular expression of ECMA-262 (with the `u` flag) into the dialect of PCRE2 with UTF: `\s`, `.`, `\uXXXX`,
/// `\p{Letter}`, `[]` and `[^]` mean something else there. Escapes of punctuation are kept although `u` forbids some of them.
/// Error: invalid, for what PCRE2 knows and ECMA-262 does not (`\A`, `(?i)`, possessive quantifiers).
Result<std::string> translate_ecma_pattern(std::string_view expression);

}  // namespace mops::policy
