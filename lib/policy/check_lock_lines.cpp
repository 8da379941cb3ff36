#include "policy/inspection.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {
namespace {

/// A line of a lock or of what it was made from, with its continuations.
struct LogicalLine {
  std::string text;
  std::string name;  ///< as package indexes compare names: lower case, `-` for `_` and `.`
  Span span;         ///< of the name
};

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/' || c == '@'; }

std::vector<LogicalLine> read_lines(std::string_view text) {
  std::vector<LogicalLine> lines;
  bool goes_on = false;
  uint32_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    ++number;
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t first = std::min(line.find_first_not_of(" \t"), line.size());
    const bool is_empty = first == line.size() || line[first] == '#';
    const bool is_new = !goes_on;
    if (is_new && !is_empty && line[first] != '-') {
      size_t last = first;
      while (last < line.size() && is_name(line[last])) ++last;
      std::string name(line.substr(first, last - first));
      for (char& c : name) c = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
      const auto place = [&](size_t at) { return Position{.line = number, .column = static_cast<uint32_t>(at + 1), .offset = static_cast<uint32_t>(begin + at)}; };
      lines.push_back({.text = {}, .name = std::move(name), .span = {.begin = place(first), .end = place(last)}});
    }
    const bool is_skipped = is_new && (is_empty || line[first] == '-');
    goes_on = line.ends_with('\\');
    if (!is_skipped || !is_new) {
      if (goes_on) line.remove_suffix(1);
      if (!lines.empty() && !is_empty) lines.back().text += std::string(line) + " ";
    }
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
    if (rules.entry.search(line.text, scratch) == Match::no)
      inspection.add("environment/incomplete-lock", lock_path, line.span, fmt::format("`{}` is not locked, expected {}", line.name, rules.expected),
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
        inspection.add("environment/incomplete-lock", folder + name, line.span, fmt::format("`{}` is not in `{}`", line.name, lock_path),
                       "make the lock again, so that it has everything that is asked for");
  }
  return {};
}

}  // namespace mops::policy
