#include "policy/inspection.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {
namespace {

/// A line of a lock or of what it was made from, with its continuations.
struct LogicalLine {
  std::string text;
  std::string name;   ///< as package indexes compare names: lower case, `-` for `_` and `.`; empty for options
  std::string shown;  ///< its name, or what stands in the place of one, as it is written
  Span span;          ///< of that
};

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/' || c == '@'; }

/// Where the name of a package ends; at 0 for options, URLs and paths of files.
size_t end_of_name(std::string_view line) {
  if (line.starts_with('-') || line.starts_with('.') || line.starts_with('/')) return 0;
  const size_t end = static_cast<size_t>(std::find_if_not(line.begin(), line.end(), is_name) - line.begin());
  return end < line.size() && (line[end] == ':' || line[end] == '+') ? 0 : end;
}

std::string compared(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

std::vector<LogicalLine> read_lines(std::string_view text) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  std::vector<LogicalLine> lines;
  bool goes_on = false;
  uint32_t number = 0;
  const size_t start = text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
  for (size_t begin = start; begin < text.size();) {
    ++number;
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t first = std::min(line.find_first_not_of(" \t"), line.size());
    const bool is_empty = first == line.size() || line[first] == '#';
    if (!goes_on && !is_empty) {
      const std::string_view content = line.substr(first);
      const size_t name = end_of_name(content);
      const size_t shown = name > 0 ? name : std::min(content.find(content.starts_with('-') ? " #" : " "), content.size());
      const auto place = [&](size_t at) { return Position{.line = number, .column = static_cast<uint32_t>(at + 1), .offset = static_cast<uint32_t>(begin + at)}; };
      lines.push_back({.text = {}, .name = compared(content.substr(0, name)), .shown = std::string(content.substr(0, shown)), .span = {.begin = place(first), .end = place(first + shown)}});
    }
    const bool belongs = goes_on || !is_empty;
    goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (belongs && !is_empty && !lines.empty()) lines.back().text.append(line).push_back(' ');
    begin = end + 1;
  }
  return lines;
}

}  // namespace

Result<void> inspect_lock_lines(Inspection& inspection, const std::string& lock_path, const LockLines& rules) {
  MOPS_ASSIGN(const SourceFile lock, inspection.read(lock_path));
  PatternScratch scratch;
  std::vector<std::string> locked;
  for (const LogicalLine& line : read_lines(lock.text)) {
    const bool is_option = line.shown.starts_with('-');
    const bool is_open = is_option ? rules.refused && rules.refused->search(line.text, scratch) == Match::yes : rules.entry.search(line.text, scratch) == Match::no;
    if (is_open)
      inspection.add("environment/incomplete-lock", lock_path, line.span, fmt::format("`{}` is not locked, expected {}", line.shown, rules.expected),
                     "make the lock again with the tool that wrote it");
    locked.push_back(line.name);
  }
  std::sort(locked.begin(), locked.end());
  const std::string folder = lock_path.substr(0, lock_path.rfind('/') + 1);
  for (const std::string& name : rules.sources) {
    if (!inspection.has_file(folder + name)) continue;
    MOPS_ASSIGN(const SourceFile source, inspection.read(folder + name));
    for (const LogicalLine& line : read_lines(source.text))
      if (!line.name.empty() && !std::binary_search(locked.begin(), locked.end(), line.name))
        inspection.add("environment/incomplete-lock", folder + name, line.span, fmt::format("`{}` is not in `{}`", line.shown, lock_path),
                       "make the lock again, so that it has everything that is asked for");
  }
  return {};
}

}  // namespace mops::policy
