#pragma once

#include "base/text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::fakes {

/// What stands between a line `=== NAME` and the next one; every line of the text has its line break.
struct Section {
  std::string name;
  std::string text;

  [[nodiscard]] bool is(std::string_view word) const { return name == word || name.starts_with(std::string(word) + " "); }
  /// What follows the first `words` words of the name.
  [[nodiscard]] std::string argument(size_t words = 1) const {
    std::string_view rest = name;
    for (size_t i = 0; i < words && !rest.empty(); ++i) rest.remove_prefix(std::min(rest.find(' '), rest.size() - 1) + 1);
    return std::string(rest);
  }
};

/// The sections of a file of test cases. What stands before the first is for people.
inline std::vector<Section> read_sections(std::string_view text) {
  std::vector<Section> sections;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    if (line.starts_with("=== ")) sections.push_back({.name = std::string(trim(line.substr(4))), .text = {}});
    else if (!sections.empty()) sections.back().text += line;
    text.remove_prefix(end);
  }
  return sections;
}

/// An instruction is the text before, a line `=>`, the text after; both without their last line break. The first place where the text
/// before stands is changed. nullopt: there is none.
inline std::optional<std::string> edited(std::string_view text, std::string_view instruction) {
  constexpr std::string_view k_arrow = "\n=>\n";
  const size_t arrow = instruction.find(k_arrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  const std::string_view before = instruction.substr(0, arrow);
  std::string_view after = instruction.substr(arrow + k_arrow.size());
  if (after.ends_with('\n')) after.remove_suffix(1);
  const size_t at = text.find(before);
  if (at == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(0, at)) + std::string(after) + std::string(text.substr(at + before.size()));
}

}  // namespace mops::fakes
