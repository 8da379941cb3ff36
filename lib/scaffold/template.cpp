#include "scaffold/template.h"

#include <algorithm>
#include <functional>

namespace mops::scaffold {
namespace {

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// Calls `placeholder(whole, name)` and `plain(text)` in turn, in the order of the text.
void scan(std::string_view text, const std::function<void(std::string_view, std::string_view)>& placeholder,
          const std::function<void(std::string_view)>& plain) {
  size_t done = 0;
  for (size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open)) {
    const size_t begin = text.find_first_not_of(' ', open + 2);
    const size_t end =
        begin == std::string_view::npos
            ? begin
            : static_cast<size_t>(std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_name_character) -
                                  text.begin());
    const size_t close = end == std::string_view::npos ? end : text.find_first_not_of(' ', end);
    const bool fits =
        close != std::string_view::npos && end > begin && text.substr(close, 2) == "}}" && (open == 0 || text[open - 1] != '$');
    if (!fits) {
      ++open;
      continue;
    }
    plain(text.substr(done, open - done));
    placeholder(text.substr(open, close + 2 - open), text.substr(begin, end - begin));
    done = open = close + 2;
  }
  plain(text.substr(done));
}

}  // namespace

std::string render(std::string_view text, const Values& values) {
  std::string out;
  out.reserve(text.size());
  const auto keep = [&](std::string_view plain) { out += plain; };
  scan(
      text,
      [&](std::string_view whole, std::string_view name) {
        const auto value = values.find(name);
        out += value == values.end() ? whole : std::string_view(value->second);
      },
      keep);
  return out;
}

std::vector<std::string> unknown_placeholders(std::string_view text, const Values& values) {
  std::vector<std::string> unknown;
  scan(
      text,
      [&](std::string_view, std::string_view name) {
        if (!values.contains(name)) unknown.emplace_back(name);
      },
      [](std::string_view) {});
  return unknown;
}

}  // namespace mops::scaffold
