#include "model/commit_note.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace mops::model {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> k_sections = {
    {{"feat", "added"}, {"fix", "fixed"}, {"perf", "changed"}, {"refactor", "changed"}}};

bool is_footer_of_break(std::string_view line) { return line.starts_with("BREAKING CHANGE: ") || line.starts_with("BREAKING-CHANGE: "); }

/// One line: control characters, tabs and line breaks are blanks, and blanks do not repeat.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (!is_blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return std::string(trim(out));
}

/// The title as git shows it (the first paragraph), and what its footers say breaks.
struct Message {
  std::string title;
  std::string broken;
};

Message take_apart(std::string_view text) {
  Message message;
  enum class Part { title, body, broken } part = Part::title;
  for (const std::string_view line : split(text, '\n')) {
    const bool is_empty = trim(line).empty();
    if (is_footer_of_break(line)) {
      part = Part::broken;
      message.broken += fmt::format("{}{}", message.broken.empty() ? "" : "; ", line.substr(line.find(' ', line.find(':')) + 1));
    } else if (is_empty) {
      if (part == Part::broken || !message.title.empty()) part = Part::body;
    } else if (part == Part::title) {
      message.title += fmt::format(" {}", line);
    } else if (part == Part::broken) {
      // A footer goes on until the next one, `Token: value` or `Token #value`.
      const size_t end = line.find_first_of(" :");
      if (end != std::string_view::npos && end > 0 && (line.substr(end).starts_with(": ") || line.substr(end).starts_with(" #"))) part = Part::body;
      else message.broken += fmt::format(" {}", line);
    }
  }
  return {.title = one_line(message.title), .broken = one_line(message.broken)};
}

/// `type(scope)!: description`.
struct Title {
  std::string type;  ///< lower case; empty: the title is not of that form
  std::string_view scope;
  bool is_breaking = false;
  std::string_view description;
};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

Title parse_title(std::string_view text) {
  Title title;
  const auto end = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_word) - text.begin());
  std::string_view rest = text.substr(end);
  if (rest.starts_with('(')) {
    const size_t close = rest.find(')');
    if (close == std::string_view::npos) return {};
    title.scope = trim(rest.substr(1, close - 1));
    rest.remove_prefix(close + 1);
  }
  if (rest.starts_with('!')) {
    title.is_breaking = true;
    rest.remove_prefix(1);
  }
  if (end == 0 || !rest.starts_with(": ")) return {};
  title.description = trim(rest.substr(2));
  for (const char c : text.substr(0, end)) title.type += (c >= 'A' && c <= 'Z') ? static_cast<char>(c | 0x20) : c;
  return title.description.empty() ? Title{} : title;
}

}  // namespace

std::optional<NoteLine> note_of_commit(std::string_view text) {
  const Message message = take_apart(text);
  if (message.title.empty()) return std::nullopt;
  const Title title = parse_title(message.title);
  const auto* const section = std::find_if(k_sections.begin(), k_sections.end(), [&](const auto& entry) { return entry.first == title.type; });
  const bool is_breaking = title.is_breaking || !message.broken.empty();
  if (section == k_sections.end() && !title.is_breaking)
    return NoteLine{.section = "changed", .text = is_breaking ? fmt::format("BREAKING: {}; {}", message.title, message.broken) : message.title};

  std::string line = title.scope.empty() ? std::string(title.description) : fmt::format("{}: {}", title.scope, title.description);
  if (!message.broken.empty()) line += fmt::format("; {}", message.broken);
  if (is_breaking) return NoteLine{.section = "changed", .text = "BREAKING: " + line};
  return NoteLine{.section = std::string(section->second), .text = std::move(line)};
}

}  // namespace mops::model
