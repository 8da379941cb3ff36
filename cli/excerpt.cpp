#include "cli/excerpt.h"

#include "base/text.h"
#include "cli/visible.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace mops::cli {
namespace {

/// A code point as it is shown.
struct Cell {
  std::string text;
  size_t width = 0;
  bool is_marked = false;
};

size_t width_of(const std::deque<Cell>& cells) {
  size_t width = 0;
  for (const Cell& cell : cells) width += cell.width;
  return width;
}

std::string text_of(const std::deque<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += cell.text;
  return text;
}

Cell cell_of(std::string_view character, bool is_marked) {
  std::string text = character == "\t" ? "    " : visible(character);
  const size_t width = display_width(text);
  return {.text = std::move(text), .width = width, .is_marked = is_marked};
}

size_t bytes_of(std::string_view text, size_t code_points) {
  size_t at = 0;
  for (; at < text.size() && code_points > 0; --code_points) at += code_point_length(text.substr(at));
  return at;
}

/// A line around a place, no wider than can be shown.
struct Window {
  std::deque<Cell> before;
  std::deque<Cell> from;  ///< from the first marked character on
};

enum class Side { front, back };

/// Takes cells from that side until `width` columns are enough, and says so with an ellipsis; also where `is_cut` already.
void cut(std::deque<Cell>& cells, Side side, size_t width, bool is_cut) {
  size_t kept = width_of(cells);
  while (kept > (is_cut ? width - 1 : width)) {
    is_cut = true;
    Cell& last = side == Side::front ? cells.front() : cells.back();
    kept -= last.width;
    if (side == Side::front) cells.pop_front();
    else cells.pop_back();
  }
  const Cell ellipsis{.text = "…", .width = 1};
  if (is_cut && side == Side::front) cells.push_front(ellipsis);
  if (is_cut && side == Side::back) cells.push_back(ellipsis);
}

Window window_of(std::string_view line, size_t column, size_t marked, size_t width) {
  // Characters without a width (combining marks) could be any number; nobody reads more of them than this.
  const size_t enough = 4 * width;
  const size_t place = bytes_of(line, column - 1);
  Window window;
  size_t begin = place;
  while (begin > 0 && window.before.size() < enough) {
    size_t at = begin - 1;
    while (at > 0 && begin - at < 4 && (line[at] & 0xC0) == 0x80) --at;
    if (at + code_point_length(line.substr(at)) != begin) at = begin - 1;
    window.before.push_front(cell_of(line.substr(at, begin - at), false));
    begin = at;
  }
  size_t end = place;
  while (end < line.size() && window.from.size() < enough) {
    const size_t length = code_point_length(line.substr(end));
    window.from.push_back(cell_of(line.substr(end, length), window.from.size() < marked));
    end += length;
  }
  const bool begin_is_cut = begin > 0;
  const bool end_is_cut = end < line.size();
  const size_t left = width_of(window.before);
  const size_t right = width_of(window.from);
  if (!begin_is_cut && !end_is_cut && left + right <= width) return window;
  // A third of the line leads up to the place; more where what follows is short.
  const size_t left_share = std::max(width / 3, right < width && !end_is_cut ? width - std::max<size_t>(right, 1) : 0);
  cut(window.before, Side::front, left_share, begin_is_cut);
  cut(window.from, Side::back, width - width_of(window.before), end_is_cut);
  return window;
}

}  // namespace

std::string excerpt(const Location& location, Colour colour, std::string_view message, const SourceTexts& texts, const ExcerptStyle& style) {
  if (!location.span) return {};
  const Span& span = *location.span;
  const auto line = texts.line(location.path, span.begin.line);
  if (!line) return {};
  const size_t marked = span.end.line != span.begin.line            ? std::numeric_limits<size_t>::max()
                        : span.end.column > span.begin.column ? span.end.column - span.begin.column
                                                              : 1;
  const std::string number = std::to_string(span.begin.line);
  const size_t taken = number.size() + 4;
  constexpr size_t k_narrowest = 20;
  const Window window = window_of(*line, span.begin.column, marked, std::max(style.width, taken + k_narrowest) - taken);
  size_t carets = 0;
  for (const Cell& cell : window.from) carets += cell.is_marked ? cell.width : 0;

  const std::string gutter(number.size(), ' ');
  const std::string bar = style.paint(Colour::cyan, "|");
  std::string out = fmt::format(" {} {}\n", gutter, bar);
  const std::string shown = text_of(window.before) + text_of(window.from);
  out += fmt::format(" {} {}{}{}\n", style.paint(Colour::cyan, number), bar, shown.empty() ? "" : " ", shown);
  out += fmt::format(" {} {} {}{}", gutter, bar, std::string(width_of(window.before), ' '),
                     style.paint(colour, std::string(std::max<size_t>(carets, 1), '^')));
  if (!message.empty()) out += " " + style.paint(colour, visible(message));
  return out + "\n";
}

}  // namespace mops::cli
