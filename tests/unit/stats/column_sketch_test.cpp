#include "stats/column_sketch.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace mops::stats;

TEST_CASE("column sketch: numbers, texts and what is missing") {
  ColumnSketch numbers = ColumnSketch::of_numbers();
  for (const double value : {3.0, std::nan(""), 1.0}) numbers.add(value);
  ++numbers.missing;
  CHECK(numbers.rows() == 4);
  CHECK(numbers.missing == 2);
  CHECK(std::get<QuantileSketch>(numbers.values).max() == 3);

  ColumnSketch texts = ColumnSketch::of_texts();
  for (const char* text : {"a", "b", "a"}) texts.add(text);
  CHECK(texts.rows() == 3);
  ColumnSketch more = ColumnSketch::of_texts();
  more.add("b");
  more.add("b");
  more.missing = 5;
  texts.merge(more);
  CHECK(texts.rows() == 10);
  CHECK(texts.missing == 5);
  CHECK(std::get<HeavyHitters>(texts.values).top().front() == HeavyHitters::Counted{.text = "b", .count = 3});
}
