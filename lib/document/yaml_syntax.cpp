#include "document/yaml_syntax.h"

#include "document/encoding.h"

#include <fmt/format.h>

namespace mops::document {
namespace {

enum class Place {
  problem,
  context,
  behind_value,  ///< the problem's, when there is other text before it on its line
};

struct Wording {
  std::string_view problem;  ///< how libyaml's text begins
  std::string_view context;  ///< how its context begins; empty: any
  Place place;
  std::string_view message;  ///< `{}`: the character found
  std::string_view context_label;
  std::string_view help;
};

constexpr Wording k_wordings[] = {
    {"mapping values are not allowed", "", Place::problem, "found `:` where no key can be", "", "put the text in quotes if the colon belongs to it, or correct the indentation"},
    {"block sequence entries are not allowed", "", Place::problem, "found `-` where no list can begin", "", "begin the list on a line of its own"},
    {"mapping keys are not allowed", "", Place::problem, "found `?` where no key can be", "", "put the text in quotes, or correct the indentation"},
    {"found unexpected end of stream", "while scanning a quoted scalar", Place::context, "found a quoted text without an end", "", "add the closing quote"},
    {"found unexpected document indicator", "while scanning a quoted scalar", Place::context, "found a quoted text without an end", "", "add the closing quote"},
    {"could not find expected ':'", "while scanning a simple key", Place::context, "found a key without `:`", "", "write `:` and a space after the key"},
    {"did not find expected key", "while parsing a block mapping", Place::behind_value, "found {} after a value, expected the end of the line", "", "put the whole text in quotes"},
    {"did not find expected key", "while parsing a block mapping", Place::problem, "found {}, expected a key", "the map begins here", "keys of one map begin in the same column"},
    {"did not find expected '-' indicator", "", Place::problem, "found {}, expected `-`", "the list begins here", "entries of one list begin in the same column"},
    {"did not find expected ',' or ']'", "", Place::problem, "found {}, expected `,` or `]`", "the list begins here", "close the list with `]`, or put the text in quotes"},
    {"did not find expected ',' or '}'", "", Place::problem, "found {}, expected `,` or `}}`", "the map begins here", "close the map with `}`, or put the text in quotes"},
    {"did not find expected node content", "", Place::problem, "found {}, expected a value", "", "remove it, or put the text in quotes"},
    {"did not find expected <document start>", "", Place::problem, "found {} after the end of the document", "", "correct the indentation of what stands before it"},
    {"found character '%' that cannot start any token", "", Place::problem, "found `%`, which no plain text can begin with", "", "put the text in quotes"},
    {"found character that cannot start any token", "", Place::problem, "found {}, which no plain text can begin with", "", "put the text in quotes"},
    {"found a tab character", "", Place::problem, "found a tab where YAML wants spaces", "", "indent with spaces"},
    {"found unknown escape character", "", Place::problem, "found the unknown escape `\\{}`", "", "write a backslash as `\\\\`, or put the text in single quotes"},
    {"did not find expected alphabetic", "while scanning an alias", Place::context, "found `*` without the name of an alias", "", "put the text in quotes"},
    {"did not find expected alphabetic", "while scanning an anchor", Place::context, "found `&` without the name of an anchor", "", "put the text in quotes"},
    {"found undefined tag handle", "", Place::context, "found a tag without a definition", "", "remove the tag, or put the text in quotes"},
};

bool is_first_of_line(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t last = before.find_last_not_of(" \t");
  return last == std::string_view::npos || before[last] == '\n';
}

std::string character_at(std::string_view text, size_t offset) {
  if (offset >= text.size()) return "the end of the file";
  if (text[offset] == '\t') return "a tab";
  if (text[offset] == '\n' || text[offset] == '\r') return "the end of the line";
  size_t end = offset + 1;
  while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
  return in_backticks(text.substr(offset, end - offset));
}

Span one_character(std::string_view text, Position begin) {
  Span span{begin, begin};
  if (begin.offset >= text.size() || text[begin.offset] == '\n' || text[begin.offset] == '\r') return span;
  ++span.end.column;
  do ++span.end.offset;
  while (span.end.offset < text.size() && (text[span.end.offset] & 0xC0) == 0x80);
  return span;
}

/// Whether a colon between two places of a text ends a key: a blank or the end of the line is behind it.
bool has_key(std::string_view text, size_t begin, size_t end) {
  for (size_t colon = text.find(':', begin); colon < end; colon = text.find(':', colon + 1))
    if (colon + 1 == text.size() || std::string_view(" \t\r\n").find(text[colon + 1]) != std::string_view::npos) return true;
  return false;
}

/// libyaml takes `license:mit` and the line below for one text, and stumbles over the colon below: where the line with the real slip begins.
std::optional<Position> line_without_space(std::string_view text, Position colon) {
  const size_t line = text.rfind('\n', colon.offset);
  if (line == std::string_view::npos || line == 0) return std::nullopt;
  const size_t before = text.rfind('\n', line - 1);
  const size_t first = text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
  const size_t begin = before == std::string_view::npos ? first : before + 1;
  // It stumbles over the first such colon of the line: a second one is a slip of its own.
  if (has_key(text, begin, line) || has_key(text, line + 1, colon.offset)) return std::nullopt;
  const std::string_view above = text.substr(begin, line - begin);
  const size_t indentation = above.find_first_not_of(' ');
  const bool is_key = indentation != std::string_view::npos && above.find(':') != std::string_view::npos;
  if (!is_key || text.find_first_not_of(' ', line + 1) - line - 1 != indentation || above[indentation] == '#') return std::nullopt;
  return Position{.line = colon.line - 1, .column = static_cast<uint32_t>(indentation + 1), .offset = static_cast<uint32_t>(begin + indentation)};
}

}  // namespace

void report_syntax(DocumentBuilder& builder, std::string_view text, const SyntaxProblem& problem) {
  constexpr std::string_view k_no_break_space = "\xC2\xA0";
  for (const Position place : {problem.context_place, problem.place}) {
    if (place.offset >= text.size() || !text.substr(place.offset).starts_with(k_no_break_space)) continue;
    builder.report("syntax", one_character(text, place), "found a no-break space where YAML wants spaces", "type the space anew");
    return;
  }
  if (problem.problem.starts_with("mapping values are not allowed"))
    if (const auto place = line_without_space(text, problem.place)) {
      builder.report("syntax", one_character(text, *place), "found a key without `:`", "write `:` and a space after the key");
      return;
    }
  for (const Wording& wording : k_wordings) {
    if (!problem.problem.starts_with(wording.problem) || !problem.context.starts_with(wording.context)) continue;
    if (wording.place == Place::behind_value && is_first_of_line(text, problem.place.offset)) continue;
    const Position place = wording.place == Place::context ? problem.context_place : problem.place;
    const bool is_escape = wording.problem == "found unknown escape character";
    std::string found = is_escape ? std::string(text.substr(place.offset + 1, 1)) : character_at(text, place.offset);
    const bool is_tab = found == "a tab";
    Diagnostic& finding = builder.report("syntax", one_character(text, place), fmt::format(fmt::runtime(wording.message), found),
                                         is_tab ? "indent with spaces" : std::string(wording.help));
    if (!wording.context_label.empty() && problem.context_place != place)
      finding.labels.push_back(builder.label(one_character(text, problem.context_place), std::string(wording.context_label)));
    return;
  }
  builder.report("syntax", one_character(text, problem.place),
                 problem.context.empty() ? problem.problem : fmt::format("{}: {}", problem.context, problem.problem));
}

}  // namespace mops::document
