#include "stats/heavy_hitters.h"

#include <algorithm>

namespace mops::stats {
namespace {

bool is_before(const HeavyHitters::Counted& a, const HeavyHitters::Counted& b) { return a.count != b.count ? a.count > b.count : a.text < b.text; }

/// At most k_longest bytes, no character of UTF-8 in pieces.
std::string_view begin_of(std::string_view text) {
  if (text.size() <= HeavyHitters::k_longest) return text;
  size_t end = HeavyHitters::k_longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end == 0 ? HeavyHitters::k_longest : end);
}

HeavyHitters::Counted* find(std::vector<HeavyHitters::Counted>& counted, std::string_view text) {
  const auto found = std::find_if(counted.begin(), counted.end(), [&](const auto& known) { return known.text == text; });
  return found == counted.end() ? nullptr : &*found;
}

}  // namespace

void HeavyHitters::add(std::string_view whole) {
  const std::string_view text = begin_of(whole);
  ++count_;
  if (Counted* known = find(counted_, text)) {
    ++known->count;
  } else if (counted_.size() < most_ && !left_out_) {
    counted_.push_back({.text = std::string(text), .count = 1});
  } else {
    Counted& rarest = *std::max_element(counted_.begin(), counted_.end(), is_before);
    rarest = {.text = std::string(text), .count = rarest.count + 1, .excess = rarest.count};
    left_out_ = true;
  }
}

/// What a text that is not there may have come at most.
uint64_t HeavyHitters::least() const { return left_out_ ? std::max_element(counted_.begin(), counted_.end(), is_before)->count : 0; }

void HeavyHitters::merge(const HeavyHitters& other) {
  const std::vector<Counted> more = other.counted_;
  const uint64_t here = least();
  const uint64_t there = other.least();
  for (Counted& known : counted_) {
    const auto also = std::find_if(more.begin(), more.end(), [&](const Counted& counted) { return counted.text == known.text; });
    known.count += also == more.end() ? there : also->count;
    known.excess += also == more.end() ? there : also->excess;
  }
  const size_t known = counted_.size();
  for (const Counted& counted : more)
    if (std::none_of(counted_.begin(), counted_.begin() + static_cast<std::ptrdiff_t>(known), [&](const Counted& one) { return one.text == counted.text; }))
      counted_.push_back({.text = counted.text, .count = counted.count + here, .excess = counted.excess + here});
  count_ += other.count_;
  left_out_ = left_out_ || other.left_out_ || counted_.size() > most_;
  std::sort(counted_.begin(), counted_.end(), is_before);
  if (counted_.size() > most_) counted_.resize(most_);
}

std::vector<HeavyHitters::Counted> HeavyHitters::top() const {
  std::vector<Counted> sorted = counted_;
  std::sort(sorted.begin(), sorted.end(), is_before);
  return sorted;
}

Result<HeavyHitters> HeavyHitters::of(std::vector<Counted> top, uint64_t count, bool is_complete, size_t most) {
  if (top.size() > most) return fail(ErrorCode::invalid, fmt::format("found {} texts, expected at most {}", top.size(), most));
  if (!is_complete && top.empty()) return fail(ErrorCode::invalid, "found no text where some were left out");
  uint64_t surely = 0;
  for (size_t i = 0; i < top.size(); ++i) {
    const Counted& counted = top[i];
    if (counted.text.size() > k_longest) return fail(ErrorCode::invalid, fmt::format("found a text of {} bytes, expected at most {}", counted.text.size(), k_longest));
    if (counted.count == 0 || counted.excess >= counted.count || (is_complete && counted.excess > 0))
      return fail(ErrorCode::invalid, fmt::format("`{}` was counted {} times, {} of them too much", counted.text, counted.count, counted.excess));
    if (std::any_of(top.begin(), top.begin() + static_cast<std::ptrdiff_t>(i), [&](const Counted& one) { return one.text == counted.text; }))
      return fail(ErrorCode::invalid, fmt::format("found `{}` twice", counted.text));
    surely += counted.count - counted.excess;
  }
  if (surely > count || (is_complete && surely != count)) return fail(ErrorCode::invalid, fmt::format("found counts of {}, expected {}", surely, count));
  HeavyHitters hitters(most);
  hitters.counted_ = std::move(top);
  hitters.count_ = count;
  hitters.left_out_ = !is_complete;
  return hitters;
}

}  // namespace mops::stats
