#include "scaffold/block.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace mops::scaffold {
namespace {

constexpr std::string_view k_blanks = " \t";

enum class MarkerKind { begin, end };

struct Marker {
  MarkerKind kind = MarkerKind::begin;
  std::string_view name;  ///< empty: it has none that can be one
  size_t indent = 0;
  std::string_view text;  ///< without the blanks in front and behind
};

std::string_view without_blanks_in_front(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(k_blanks), text.size()));
  return text;
}

/// What a comment says, or nullopt when the line is no comment.
std::optional<std::string_view> comment_of(std::string_view line) {
  constexpr std::string_view k_markup = "<!--";
  constexpr std::string_view k_markup_end = "-->";
  if (line.starts_with(k_markup)) {
    if (!line.ends_with(k_markup_end) || line.size() < k_markup.size() + k_markup_end.size()) return std::nullopt;
    return trim(line.substr(k_markup.size(), line.size() - k_markup.size() - k_markup_end.size()));
  }
  constexpr std::array<std::string_view, 5> k_signs = {"#", "//", "--", "%", ";"};
  for (const std::string_view sign : k_signs) {
    if (!line.starts_with(sign)) continue;
    // `##`, `;;` and `%%` are comments as well.
    while (line.starts_with(sign)) line.remove_prefix(sign.size());
    return trim(line);
  }
  return std::nullopt;
}

bool is_name(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// `line` without its line break.
std::optional<Marker> marker_of(std::string_view line) {
  const std::string_view sign = without_blanks_in_front(line);
  const std::string_view whole = trim(sign);
  const auto comment = comment_of(whole);
  if (!comment) return std::nullopt;
  Marker marker{.indent = line.size() - sign.size(), .text = whole};
  std::string_view rest;
  if (comment->starts_with("mops:begin")) rest = comment->substr(std::string_view("mops:begin").size());
  else if (comment->starts_with("mops:end")) rest = comment->substr(std::string_view("mops:end").size()), marker.kind = MarkerKind::end;
  else return std::nullopt;
  // `mops:beginning` is another word.
  if (!rest.empty() && is_name(rest.substr(0, 1))) return std::nullopt;
  if (!rest.empty() && k_blanks.find(rest.front()) != std::string_view::npos && is_name(trim(rest))) marker.name = trim(rest);
  return marker;
}

Span span_of(const Marker& marker, size_t line_begin, uint32_t line_number) {
  const Position begin{.line = line_number, .column = static_cast<uint32_t>(marker.indent + 1), .offset = static_cast<uint32_t>(line_begin + marker.indent)};
  Position end = begin;
  end.column += static_cast<uint32_t>(count_code_points(marker.text));
  end.offset += static_cast<uint32_t>(marker.text.size());
  return {.begin = begin, .end = end};
}

/// Takes markers in the order of the file.
class Scan {
 public:
  void take(const Marker& marker, const Span& place, size_t line_begin, size_t line_end, std::string_view indent) {
    const std::string_view word = marker.kind == MarkerKind::begin ? "mops:begin" : "mops:end";
    if (marker.name.empty()) {
      complain(place, fmt::format("found `{}` without a name of lower-case letters, digits and `-`", word), fmt::format("write `{} NAME`, and nothing else in the line", word));
      return;
    }
    if (marker.kind == MarkerKind::begin) open(marker, place, line_begin, line_end, indent);
    else close(marker, place, line_begin, line_end);
  }

  BlockScan finish() {
    if (open_) complain_of_open();
    return std::move(out_);
  }

 private:
  void open(const Marker& marker, const Span& place, size_t line_begin, size_t line_end, std::string_view indent) {
    const std::string name(marker.name);
    if (open_ && open_->name == name) {
      complain(place, fmt::format("block `{}` begins a second time before its end", name), fmt::format("remove one of its lines `mops:begin {}`", name));
      return;
    }
    if (open_) {
      complain(place, fmt::format("block `{}` begins inside block `{}`", name, open_->name), fmt::format("write `mops:end {}` above it", open_->name));
      nested_.insert(name);
      return;
    }
    if (!seen_.insert(name).second) complain(place, fmt::format("block `{}` is there a second time", name), "remove one of the two");
    open_ = Block{.name = name, .indent = std::string(indent), .begin = line_begin, .content_begin = line_end, .content_end = 0, .end = 0, .marker = place};
  }

  void close(const Marker& marker, const Span& place, size_t line_begin, size_t line_end) {
    if (open_ && open_->name == marker.name) {
      open_->content_end = line_begin;
      open_->end = line_end;
      out_.blocks.push_back(std::move(*open_));
      open_.reset();
      return;
    }
    // Its begin was complained of already.
    if (nested_.erase(std::string(marker.name)) > 0) return;
    if (open_) complain(place, fmt::format("found `mops:end {}` inside block `{}`", marker.name, open_->name), fmt::format("write `mops:end {}`", open_->name));
    else complain(place, fmt::format("found `mops:end {0}` without a `mops:begin {0}` before it", marker.name), "remove it, or write the other line above the block");
  }

  void complain_of_open() {
    complain(open_->marker, fmt::format("block `{}` has no end", open_->name), fmt::format("write `mops:end {}` below its last line", open_->name));
  }

  void complain(const Span& place, std::string message, std::string help) {
    out_.problems.push_back({.marker = place, .message = std::move(message), .help = std::move(help)});
  }

  BlockScan out_;
  std::optional<Block> open_;
  std::set<std::string> seen_;
  std::multiset<std::string> nested_;
};

}  // namespace

const Block* BlockScan::find(std::string_view name) const {
  const auto found = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) { return block.name == name; });
  return found == blocks.end() ? nullptr : &*found;
}

BlockScan scan_blocks(std::string_view text) {
  Scan scan;
  uint32_t number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t line_feed = text.find('\n', begin);
    const size_t end = line_feed == std::string_view::npos ? text.size() : line_feed + 1;
    const std::string_view line = text.substr(begin, end - begin);
    if (const auto marker = marker_of(line)) scan.take(*marker, span_of(*marker, begin, number), begin, end, line.substr(0, marker->indent));
    begin = end;
  }
  return scan.finish();
}

std::string reindented(std::string_view lines, std::string_view from, std::string_view to) {
  if (from == to) return std::string(lines);
  std::string out;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    std::string_view line = lines.substr(0, end == std::string_view::npos ? lines.size() : end + 1);
    lines.remove_prefix(line.size());
    if (line.starts_with(from)) line.remove_prefix(from.size());
    if (!trim(line).empty()) out += to;
    out += line;
  }
  return out;
}

}  // namespace mops::scaffold
