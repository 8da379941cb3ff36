#include "model/interface.h"

#include <doctest/doctest.h>

using namespace mops::model;

TEST_CASE("datatypes of the Open Inference Protocol") {
  size_t integers = 0;
  size_t floats = 0;
  for (const std::string_view word : {"BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES"}) {
    const auto type = parse_datatype(word);
    REQUIRE_MESSAGE(type, word);
    CHECK(to_string(*type) == word);
    CHECK_MESSAGE(is_integer(*type) == (word.find("INT") != std::string_view::npos), word);
    CHECK_MESSAGE(is_floating(*type) == (word.find("FP") != std::string_view::npos || word == "BF16"), word);
    integers += is_integer(*type) ? 1 : 0;
    floats += is_floating(*type) ? 1 : 0;
  }
  CHECK(integers == 8);
  CHECK(floats == 4);
  for (const std::string_view word : {"", "fp64", "FP65", "STRING", "FP64 "}) CHECK_FALSE_MESSAGE(parse_datatype(word), word);
}
