#include "tensor/compare.h"

#include <doctest/doctest.h>

using mops::model::Datatype;
using mops::tensor::Answer;
using mops::tensor::Column;
using mops::tensor::compare;
using mops::tensor::Scalar;

namespace {

Answer scores(std::vector<Scalar> values, size_t width = 1) {
  return {.outputs = {Column{.name = "score", .datatype = Datatype::fp64, .width = width, .values = std::move(values)}}};
}

std::string first(const Answer& found, const Answer& expected, double tolerance) { return compare(found, expected, tolerance).first.value_or("same"); }

}  // namespace

TEST_CASE("numbers are compared relatively") {
  CHECK(first(scores({0.5, 1000.0}), scores({0.5, 1000.0005}), 1e-6) == "same");
  CHECK(first(scores({0.5, 1000.0}), scores({0.5, 1000.01}), 1e-6) == "output `score`, row 2: found 1000, expected 1000.01 within 1e-06");
  CHECK(first(scores({1e-17}), scores({0.0}), 1e-6) == "same");
  CHECK(first(scores({1e-9}), scores({0.0}), 1e-6) == "output `score`, row 1: found 1e-09, expected 0 within 1e-06");
  CHECK(first(scores({0.1 + 0.2}), scores({0.3}), 0) == "output `score`, row 1: found 0.30000000000000004, expected 0.3");
  CHECK(first(scores({0.0}), scores({-0.0}), 0) == "same");
  CHECK(first(scores({1.0, 2.0, 3.0, 4.5}, 2), scores({1.0, 2.0, 3.0, 4.0}, 2), 1e-6) ==
        "output `score`, row 2, value 2: found 4.5, expected 4 within 1e-06");
}

TEST_CASE("how far it is in all") {
  const auto comparison = compare(scores({1.0, 2.0, 3.0, 0.0}), scores({1.0, 2.5, 4.0, 0.0}), 1e-6);
  CHECK(comparison.rows == 4);
  CHECK(comparison.different_rows == 2);
  CHECK(comparison.largest_difference == 0.25);
  CHECK_FALSE(comparison.same());
}

TEST_CASE("everything else must be equal") {
  CHECK(first(scores({int64_t{3}}), scores({int64_t{4}}), 0.5) == "output `score`, row 1: found 3, expected 4");
  CHECK(first(scores({std::string("a")}), scores({std::string("b")}), 0.5) == "output `score`, row 1: found `a`, expected `b`");
  CHECK(first(scores({Scalar()}), scores({1.0}), 0.5) == "output `score`, row 1: found nothing, expected 1 within 0.5");
  CHECK(first(scores({Scalar()}), scores({Scalar()}), 0) == "same");
  CHECK(first(scores({true}), scores({false}), 0.5) == "output `score`, row 1: found true, expected false");
}

TEST_CASE("answers of another shape") {
  CHECK(first(scores({1.0}), scores({1.0, 2.0}), 1) == "output `score`: found 1 rows of 1, expected 2 of 1");
  CHECK(first(scores({1.0, 2.0}, 2), scores({1.0, 2.0}), 1) == "output `score`: found 1 rows of 2, expected 2 of 1");
  CHECK(first({}, scores({1.0}), 1) == "found 0 outputs, expected 1");
  Answer other = scores({1.0});
  other.outputs[0].name = "label";
  CHECK(first(other, scores({1.0}), 1) == "found output `label`, expected `score`");
  CHECK(compare({}, scores({1.0}), 1).different_rows == 1);
}
