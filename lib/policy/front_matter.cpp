#include "policy/front_matter.h"

#include "base/text.h"

#include <algorithm>

namespace mops::policy {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

struct Line {
  std::string_view text;  ///< without its end
  uint32_t offset = 0;
  uint32_t number = 1;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  uint32_t offset = 0;
  for (const std::string_view part : split(text, '\n')) {
    std::string_view line = part;
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({.text = line, .offset = offset, .number = static_cast<uint32_t>(lines.size() + 1)});
    offset += static_cast<uint32_t>(part.size()) + 1;
  }
  return lines;
}

bool is_fence(std::string_view line) { return line == "---" || (line.starts_with("---") && trim(line.substr(3)).empty()); }

std::string_view without_mark(std::string_view line) {
  if (line.starts_with(k_byte_order_mark)) line.remove_prefix(k_byte_order_mark.size());
  return line;
}

/// The line that ends the front matter; 0: there is none.
size_t last_line_of_front_matter(const std::vector<Line>& lines) {
  if (!is_fence(without_mark(lines[0].text))) return 0;
  for (size_t i = 1; i < lines.size(); ++i)
    if (is_fence(lines[i].text)) return i;
  return 0;
}

size_t heading_level(std::string_view line) {
  const size_t level = line.find_first_not_of('#');
  return level != std::string_view::npos && level >= 1 && level <= 6 && (line[level] == ' ' || line[level] == '\t') ? level : 0;
}

}  // namespace

std::optional<document::Document> parse_front_matter(const SourceFile& markdown) {
  const auto lines = lines_of(markdown.text);
  const size_t last = last_line_of_front_matter(lines);
  if (last == 0) return std::nullopt;
  // The first `---` is the begin of a YAML document as well: what is cut off is behind it, so every place stays right.
  return document::parse_yaml({.path = markdown.path, .text = markdown.text.substr(0, lines[last].offset)});
}

std::vector<Section> find_sections(const SourceFile& markdown) {
  const auto lines = lines_of(markdown.text);
  std::vector<Section> sections;
  std::string_view fence;
  bool in_comment = false;
  const size_t front_matter = last_line_of_front_matter(lines);
  for (size_t i = front_matter == 0 ? 0 : front_matter + 1; i < lines.size(); ++i) {
    const Line& line = lines[i];
    const std::string_view text = trim(line.text);
    if (in_comment) {
      in_comment = text.find("-->") == std::string_view::npos;
      continue;
    }
    if (text.starts_with("<!--")) {
      in_comment = text.find("-->") == std::string_view::npos;
      continue;
    }
    const bool opens_or_closes = text.starts_with("```") || text.starts_with("~~~");
    if (opens_or_closes && (fence.empty() || text.starts_with(fence))) fence = fence.empty() ? text.substr(0, 3) : std::string_view();
    const size_t level = fence.empty() ? heading_level(line.text) : 0;
    if (level > 0) {
      std::string_view title = trim(line.text.substr(level));
      if (const size_t closing = title.find_last_not_of('#'); closing != std::string_view::npos && closing + 1 < title.size())
        title = trim(title.substr(0, closing + 1));
      const auto columns = static_cast<uint32_t>(count_code_points(line.text));
      sections.push_back(
          {.level = level,
           .title = std::string(title),
           .span = {.begin = {.line = line.number, .column = 1, .offset = line.offset},
                    .end = {.line = line.number, .column = columns + 1, .offset = line.offset + static_cast<uint32_t>(line.text.size())}}});
    } else if (!text.empty()) {
      // Text belongs to its heading and to those above it.
      size_t below = SIZE_MAX;
      for (auto section = sections.rbegin(); section != sections.rend() && below > 1; ++section) {
        if (section->level >= below) continue;
        if (!section->is_empty) break;  // then those above it are not empty either
        below = section->level;
        section->is_empty = false;
      }
    }
  }
  return sections;
}

}  // namespace mops::policy
