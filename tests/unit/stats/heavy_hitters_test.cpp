#include "stats/heavy_hitters.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace mops::stats;

namespace {

using Counts = std::map<std::string, uint64_t>;

/// Texts of which some are far more frequent than others.
std::vector<std::string> texts_of(uint64_t seed, double steepness, size_t count) {
  std::mt19937_64 draw(seed);
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) {
    const double chance = static_cast<double>((draw() >> 11) + 1) / 9007199254740993.0;
    texts.push_back("text " + std::to_string(static_cast<uint64_t>(std::pow(chance, -steepness))));
  }
  return texts;
}

/// What the header promises, against the true counts.
void check_promise(const HeavyHitters& hitters, const Counts& truth, size_t most) {
  uint64_t all = 0;
  for (const auto& [text, count] : truth) all += count;
  CHECK(hitters.count() == all);
  const auto top = hitters.top();
  CHECK(top.size() == std::min(most, truth.size()));
  Counts found;
  for (const HeavyHitters::Counted& counted : top) {
    const auto known = truth.find(counted.text);
    REQUIRE(known != truth.end());
    CHECK(counted.count >= known->second);
    CHECK(counted.count - counted.excess <= known->second);
    CHECK(found.emplace(counted.text, counted.count).second);
  }
  CHECK(std::is_sorted(top.begin(), top.end(), [](const auto& a, const auto& b) { return a.count > b.count; }));
  for (const auto& [text, count] : truth)
    if (static_cast<double>(count) > static_cast<double>(all) / static_cast<double>(most)) CHECK_MESSAGE(found.contains(text), text);
  if (hitters.is_complete()) CHECK(found == truth);
  CHECK((hitters.is_complete() || truth.size() > most));
}

}  // namespace

TEST_CASE("heavy hitters: every frequent text is there, in one piece and merged from many") {
  for (const double steepness : {0.3, 0.7, 1.5, 4.0}) {
    for (const size_t most : {size_t{1}, size_t{8}, size_t{32}}) {
      for (const size_t parts : {size_t{1}, size_t{2}, size_t{37}}) {
        CAPTURE(steepness);
        CAPTURE(most);
        CAPTURE(parts);
        const std::vector<std::string> texts = texts_of(parts, steepness, 20'000);
        HeavyHitters whole(most);
        Counts truth;
        for (size_t part = 0; part < parts; ++part) {
          HeavyHitters one(most);
          for (size_t i = texts.size() * part / parts; i < texts.size() * (part + 1) / parts; ++i) {
            one.add(texts[i]);
            ++truth[texts[i]];
          }
          whole.merge(one);
        }
        check_promise(whole, truth, most);
      }
    }
  }
}

TEST_CASE("heavy hitters: a few texts are counted exactly") {
  HeavyHitters hitters(3);
  for (const char* text : {"b", "a", "", "b", "a"}) hitters.add(text);
  CHECK(hitters.is_complete());
  CHECK(hitters.top() == std::vector<HeavyHitters::Counted>{{.text = "a", .count = 2}, {.text = "b", .count = 2}, {.text = "", .count = 1}});
  hitters.add("c");
  CHECK_FALSE(hitters.is_complete());
  CHECK(hitters.top()[2] == HeavyHitters::Counted{.text = "c", .count = 2, .excess = 1});
}

TEST_CASE("heavy hitters: merging with nothing and with itself") {
  HeavyHitters hitters;
  hitters.merge(HeavyHitters());
  CHECK(hitters.count() == 0);
  hitters.add("x");
  hitters.merge(hitters);
  CHECK(hitters.top() == std::vector<HeavyHitters::Counted>{{.text = "x", .count = 2}});
}

TEST_CASE("heavy hitters: long texts by their begin, no character in pieces") {
  HeavyHitters hitters;
  hitters.add(std::string(63, 'a') + "\xc3\xbc");
  hitters.add(std::string(63, 'a') + "\xc3\xb6 and more");
  hitters.add(std::string(64, 'b'));
  hitters.add(std::string(200, '\x80'));
  const auto top = hitters.top();
  REQUIRE(top.size() == 3);
  CHECK(top[0] == HeavyHitters::Counted{.text = std::string(63, 'a'), .count = 2});
  CHECK(top[1].text == std::string(64, 'b'));
  CHECK(top[2].text == std::string(64, '\x80'));
}

TEST_CASE("heavy hitters: what it knows makes one that answers the same") {
  HeavyHitters hitters(5);
  for (const std::string& text : texts_of(3, 1, 1000)) hitters.add(text);
  const auto copy = HeavyHitters::of(hitters.top(), hitters.count(), hitters.is_complete(), 5);
  REQUIRE(copy);
  CHECK(copy->top() == hitters.top());
  CHECK(copy->count() == 1000);
  CHECK_FALSE(copy->is_complete());
}

TEST_CASE("heavy hitters: what no summary knows") {
  const auto problem = [](std::vector<HeavyHitters::Counted> top, uint64_t count, bool is_complete = true) {
    const auto made = HeavyHitters::of(std::move(top), count, is_complete, 2);
    return made ? std::string() : made.error().message;
  };
  CHECK(problem({}, 0).empty());
  CHECK(problem({{.text = "a", .count = 1}}, 1).empty());
  CHECK(problem({{.text = "a", .count = 1}, {.text = "b", .count = 1}, {.text = "c", .count = 1}}, 3) == "found 3 texts, expected at most 2");
  CHECK(problem({}, 3, false) == "found no text where some were left out");
  CHECK(problem({{.text = std::string(65, 'x'), .count = 1}}, 1) == "found a text of 65 bytes, expected at most 64");
  CHECK(problem({{.text = "a", .count = 0}}, 0) == "`a` was counted 0 times, 0 of them too much");
  CHECK(problem({{.text = "a", .count = 2, .excess = 1}}, 2) == "`a` was counted 2 times, 1 of them too much");
  CHECK(problem({{.text = "a", .count = 1}, {.text = "a", .count = 1}}, 2) == "found `a` twice");
  CHECK(problem({{.text = "a", .count = 1}}, 2) == "found counts of 1, expected 2");
  CHECK(problem({{.text = "a", .count = 3}}, 2, false) == "found counts of 3, expected 2");
}
