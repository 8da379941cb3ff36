#include "scaffold/block_edit.h"

#include "base/text.h"
#include "scaffold/line_ends.h"

namespace mops::scaffold {
namespace {

/// The line from `begin` on, with its line break.
std::string_view line_at(std::string_view text, size_t begin) {
  const size_t end = text.find('\n', begin);
  return text.substr(begin, end == std::string_view::npos ? end : end + 1 - begin);
}

std::string_view indent_of(std::string_view line) { return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size())); }

/// The first line from `begin` on that says something (comments begin with `#` in every file that has lines to stand below).
std::string_view first_word_line(std::string_view text, size_t begin) {
  while (begin < text.size()) {
    const std::string_view line = line_at(text, begin);
    if (const std::string_view words = trim(line); !words.empty() && !words.starts_with('#')) return line;
    begin += line.size();
  }
  return {};
}

/// Below an anchor: as its neighbour, so that a list stays one list.
std::string indent_for(const FreshBlock& fresh, std::string_view text, size_t at) {
  const std::string_view neighbour = first_word_line(text, at);
  const std::string_view own = first_word_line(fresh.content, 0);
  if (neighbour.empty() || own.empty() || indent_of(own) != fresh.indent) return fresh.indent;
  const bool is_alike = trim(neighbour).front() == trim(own).front();
  return is_alike ? std::string(indent_of(neighbour)) : fresh.indent;
}

}  // namespace

std::string expected_content(std::string_view text, const Block& present, const FreshBlock& fresh) {
  const LineEnds ends = line_ends_of(text.substr(present.begin, present.content_begin - present.begin));
  return with_line_ends(reindented(fresh.content, fresh.indent, present.indent), ends);
}

std::string with_content(std::string_view text, const Block& present, std::string_view content) {
  std::string out(text.substr(0, present.content_begin));
  out += content;
  return out += text.substr(present.content_end);
}

std::string without_block(std::string_view text, const Block& present) {
  std::string out(text.substr(0, present.begin));
  return out += text.substr(present.end);
}

std::optional<std::string> with_block(std::string_view text, const FreshBlock& fresh) {
  const LineEnds ends = line_ends_of(line_at(text, 0));
  const std::string line_break = with_line_ends("\n", ends);
  if (fresh.after.empty()) {
    std::string out(text);
    if (!out.empty() && !out.ends_with('\n')) out += line_break;
    if (!out.empty()) {
      const size_t last = out.find_last_not_of("\r\n");
      const bool ends_empty = last == std::string::npos || std::count(out.begin() + static_cast<std::ptrdiff_t>(last), out.end(), '\n') > 1;
      if (!ends_empty) out += line_break;
    }
    return out += with_line_ends(fresh.text, ends);
  }
  for (size_t begin = 0; begin < text.size();) {
    const std::string_view line = line_at(text, begin);
    begin += line.size();
    if (line.substr(0, line.find_last_not_of(" \t\r\n") + 1) != fresh.after) continue;
    std::string out(text.substr(0, begin));
    if (!out.ends_with('\n')) out += line_break;
    out += with_line_ends(reindented(fresh.text, fresh.indent, indent_for(fresh, text, begin)), ends);
    return out += text.substr(begin);
  }
  return std::nullopt;
}

}  // namespace mops::scaffold
