#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mops::scaffold {

using Values = std::map<std::string, std::string, std::less<>>;

/// `text` with every `{{ name }}` of a known name replaced by its value. Everything else stays as it is: other braces, unknown
/// names, and `${{ name }}`, which belongs to GitHub Actions. Values are not rendered again.
std::string render(std::string_view text, const Values& values);

/// The names of the placeholders that `render` would leave in place, in the order of the text: a mistake in a template.
std::vector<std::string> unknown_placeholders(std::string_view text, const Values& values);

}  // namespace mops::scaffold
