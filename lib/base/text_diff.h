#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mops {

/// Lines [before_begin, before_end) of one text became lines [after_begin, after_end) of another; from 0, one of the two ranges
/// may be empty.
struct LineChange {
  size_t before_begin = 0;
  size_t before_end = 0;
  size_t after_begin = 0;
  size_t after_end = 0;

  friend bool operator==(const LineChange&, const LineChange&) = default;
};

/// What turns `before` into `after`, in order, by whole lines; nothing between two changes differs. A line includes its line
/// break, so a last line without one is another line. The fewest lines that are possible (Myers 1986, linear space) as long as
/// fewer than some 1,000 lines of a stretch differ; beyond that correct, and in time linear in the number of lines.
std::vector<LineChange> changed_lines(std::string_view before, std::string_view after);

/// The changes as the hunks of `diff -u`, three lines of context, without the two lines of names; empty for equal texts.
std::string unified_hunks(std::string_view before, std::string_view after);

}  // namespace mops
