#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mops::scaffold {

/// Values by the names that templates may use.
using TemplateValues = std::map<std::string, std::string>;

/// `text` with every `{{ name }}` (exactly one blank inside) of a known name replaced by its value. Everything else stays as it
/// is, so that the `{{ … }}` of other tools survives. Values are not rendered again.
std::string render(std::string_view text, const TemplateValues& values);

}  // namespace mops::scaffold
