#include "base/text_diff.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace mops {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

/// Lines as numbers, equal lines by equal numbers.
struct Side {
  std::vector<uint32_t> lines;
  std::vector<bool> changed;
};

/// The lines of a side that also the other one has: only those can stay, so only those are searched.
struct Candidates {
  std::vector<uint32_t> lines;
  std::vector<size_t> places;  ///< in the side
};

/// Marks the lines of both sides that do not belong to a longest common subsequence.
class Search {
 public:
  Search(Side& before, Side& after) : before_(before), after_(after) {}

  void run() {
    std::vector<uint32_t> in_before;
    std::vector<uint32_t> in_after;
    count(before_, in_before);
    count(after_, in_after);
    a_ = candidates(before_, in_after);
    b_ = candidates(after_, in_before);
    const size_t diagonals = a_.lines.size() + b_.lines.size() + 3;
    forward_.resize(diagonals);
    backward_.resize(diagonals);
    stack_.push_back({0, signed_size(a_), 0, signed_size(b_)});
    while (!stack_.empty()) {
      const Range range = stack_.back();
      stack_.pop_back();
      divide(range);
    }
  }

 private:
  using Index = std::ptrdiff_t;
  struct Range {
    Index a_begin, a_end, b_begin, b_end;
  };
  struct Point {
    Index a, b;
  };
  /// Edits that are searched on each side before a stretch is cut where the search got furthest.
  static constexpr Index k_most_edits = 512;

  static Index signed_size(const Candidates& side) { return static_cast<Index>(side.lines.size()); }

  static void count(const Side& side, std::vector<uint32_t>& times) {
    for (const uint32_t line : side.lines) {
      if (line >= times.size()) times.resize(line + 1);
      ++times[line];
    }
  }

  static Candidates candidates(Side& side, const std::vector<uint32_t>& in_other) {
    Candidates found;
    for (size_t i = 0; i < side.lines.size(); ++i) {
      const uint32_t line = side.lines[i];
      if (line >= in_other.size() || in_other[line] == 0) {
        side.changed[i] = true;
        continue;
      }
      found.lines.push_back(line);
      found.places.push_back(i);
    }
    return found;
  }

  [[nodiscard]] bool equal(Index a, Index b) const { return a_.lines[static_cast<size_t>(a)] == b_.lines[static_cast<size_t>(b)]; }
  Index& forward(Index diagonal) { return forward_[static_cast<size_t>(diagonal + signed_size(b_) + 1)]; }
  Index& backward(Index diagonal) { return backward_[static_cast<size_t>(diagonal + signed_size(b_) + 1)]; }

  void divide(Range range) {
    while (range.a_begin < range.a_end && range.b_begin < range.b_end && equal(range.a_begin, range.b_begin)) ++range.a_begin, ++range.b_begin;
    while (range.a_begin < range.a_end && range.b_begin < range.b_end && equal(range.a_end - 1, range.b_end - 1)) --range.a_end, --range.b_end;
    if (range.a_begin == range.a_end || range.b_begin == range.b_end) {
      for (Index a = range.a_begin; a < range.a_end; ++a) before_.changed[a_.places[static_cast<size_t>(a)]] = true;
      for (Index b = range.b_begin; b < range.b_end; ++b) after_.changed[b_.places[static_cast<size_t>(b)]] = true;
      return;
    }
    const Point middle = find_middle(range);
    stack_.push_back({middle.a, range.a_end, middle.b, range.b_end});
    stack_.push_back({range.a_begin, middle.a, range.b_begin, middle.b});
  }

  /// A point on a shortest way through the range, found from both of its ends at once. Diagonals are numbered a - b.
  Point find_middle(const Range& range) {
    const Index lowest = range.a_begin - range.b_end;
    const Index highest = range.a_end - range.b_begin;
    const Index from_begin = range.a_begin - range.b_begin;
    const Index from_end = range.a_end - range.b_end;
    const bool is_odd = ((from_begin - from_end) & 1) != 0;
    Index forward_low = from_begin;
    Index forward_high = from_begin;
    Index backward_low = from_end;
    Index backward_high = from_end;
    forward(from_begin) = range.a_begin;
    backward(from_end) = range.a_end;
    for (Index edits = 1;; ++edits) {
      if (forward_low > lowest) forward(--forward_low - 1) = -1;
      else ++forward_low;
      if (forward_high < highest) forward(++forward_high + 1) = -1;
      else --forward_high;
      for (Index k = forward_high; k >= forward_low; k -= 2) {
        Index a = forward(k - 1) >= forward(k + 1) ? forward(k - 1) + 1 : forward(k + 1);
        while (a < range.a_end && a - k < range.b_end && equal(a, a - k)) ++a;
        forward(k) = a;
        if (is_odd && backward_low <= k && k <= backward_high && backward(k) <= a) return {a, a - k};
      }
      if (backward_low > lowest) backward(--backward_low - 1) = std::numeric_limits<Index>::max();
      else ++backward_low;
      if (backward_high < highest) backward(++backward_high + 1) = std::numeric_limits<Index>::max();
      else --backward_high;
      for (Index k = backward_high; k >= backward_low; k -= 2) {
        Index a = backward(k - 1) < backward(k + 1) ? backward(k - 1) : backward(k + 1) - 1;
        while (a > range.a_begin && a - k > range.b_begin && equal(a - 1, a - k - 1)) --a;
        backward(k) = a;
        if (!is_odd && forward_low <= k && k <= forward_high && a <= forward(k)) return {a, a - k};
      }
      if (edits >= k_most_edits) return furthest(range, forward_low, forward_high);
    }
  }

  /// Where the search from the begin got furthest: a good enough place to cut when the shortest way is too long to be found.
  Point furthest(const Range& range, Index low, Index high) {
    Point best{range.a_begin, range.b_begin};
    for (Index k = low; k <= high; k += 2) {
      const Index a = std::min({forward(k), range.a_end, range.b_end + k});
      if (a < range.a_begin || a - k < range.b_begin) continue;
      if (a + (a - k) > best.a + best.b) best = {a, a - k};
    }
    return best;
  }

  Side& before_;
  Side& after_;
  Candidates a_;
  Candidates b_;
  std::vector<Index> forward_;   ///< by diagonal: how far in `a` a way with the present number of edits gets
  std::vector<Index> backward_;
  std::vector<Range> stack_;
};

std::vector<LineChange> changes_between(const std::vector<std::string_view>& before, const std::vector<std::string_view>& after) {
  std::unordered_map<std::string_view, uint32_t> numbers;
  const auto numbered = [&](const std::vector<std::string_view>& lines) {
    Side side{.lines = {}, .changed = std::vector<bool>(lines.size())};
    side.lines.reserve(lines.size());
    for (const std::string_view line : lines) side.lines.push_back(numbers.emplace(line, static_cast<uint32_t>(numbers.size())).first->second);
    return side;
  };
  Side from = numbered(before);
  Side to = numbered(after);
  Search(from, to).run();

  std::vector<LineChange> changes;
  for (size_t i = 0, j = 0; i < before.size() || j < after.size(); ++i, ++j) {
    const size_t before_begin = i;
    const size_t after_begin = j;
    while (i < before.size() && from.changed[i]) ++i;
    while (j < after.size() && to.changed[j]) ++j;
    if (i > before_begin || j > after_begin) changes.push_back({before_begin, i, after_begin, j});
  }
  return changes;
}

void append_line(std::string& out, char sign, std::string_view line) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// As POSIX has it: of no lines, the number of the line before.
std::string range_text(size_t begin, size_t end) {
  if (end - begin == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", end == begin ? begin : begin + 1, end - begin);
}

}  // namespace

std::vector<LineChange> changed_lines(std::string_view before, std::string_view after) { return changes_between(lines_of(before), lines_of(after)); }

std::string unified_hunks(std::string_view before, std::string_view after) {
  constexpr size_t k_context = 3;
  const std::vector<std::string_view> from = lines_of(before);
  const std::vector<std::string_view> to = lines_of(after);
  const std::vector<LineChange> changes = changes_between(from, to);
  std::string out;
  for (size_t first = 0; first < changes.size();) {
    size_t last = first;
    while (last + 1 < changes.size() && changes[last + 1].before_begin - changes[last].before_end <= 2 * k_context) ++last;
    const size_t lead = std::min(k_context, changes[first].before_begin);
    const size_t tail = std::min(k_context, from.size() - changes[last].before_end);
    out += fmt::format("@@ -{} +{} @@\n", range_text(changes[first].before_begin - lead, changes[last].before_end + tail),
                       range_text(changes[first].after_begin - lead, changes[last].after_end + tail));
    size_t at = changes[first].before_begin - lead;
    for (size_t i = first; i <= last; ++i) {
      const LineChange& change = changes[i];
      for (; at < change.before_begin; ++at) append_line(out, ' ', from[at]);
      for (; at < change.before_end; ++at) append_line(out, '-', from[at]);
      for (size_t j = change.after_begin; j < change.after_end; ++j) append_line(out, '+', to[j]);
    }
    for (const size_t end = at + tail; at < end; ++at) append_line(out, ' ', from[at]);
    first = last + 1;
  }
  return out;
}

}  // namespace mops
