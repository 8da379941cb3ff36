#include "tensor/dataset.h"

#include <doctest/doctest.h>

using mops::ErrorCode;
using mops::model::Datatype;
using mops::model::Tensor;
using mops::tensor::Dataset;
using mops::tensor::Scalar;

namespace {

Dataset parsed(std::string text) {
  auto dataset = Dataset::parse("data.csv", std::move(text));
  REQUIRE_MESSAGE(dataset.has_value(), dataset.error().message);
  return std::move(*dataset);
}

/// Message, and help behind a bar.
std::string refusal(std::string text) {
  const auto dataset = Dataset::parse("data.csv", std::move(text));
  if (dataset) return "taken";
  CHECK(dataset.error().code == ErrorCode::invalid);
  return dataset.error().help.empty() ? dataset.error().message : dataset.error().message + " | " + dataset.error().help;
}

std::string value_or_refusal(std::string cell, const Tensor& tensor) {
  const Dataset dataset = parsed("x,y\n" + cell + ",1\n");
  const auto value = dataset.value(0, 0, tensor);
  if (!value) return value.error().help.empty() ? value.error().message : value.error().message + " | " + value.error().help;
  if (std::holds_alternative<std::monostate>(*value)) return "missing";
  return mops::tensor::to_text(*value);
}

}  // namespace

TEST_CASE("a table") {
  SUBCASE("plain") {
    const Dataset data = parsed("a,b\n1,2\n3,\n");
    CHECK(data.names() == std::vector<std::string>{"a", "b"});
    REQUIRE(data.rows() == 2);
    CHECK(data.cell(0, 0) == "1");
    CHECK(data.cell(1, 1) == "");
    CHECK(data.raw(1) == "3,");
    CHECK(data.line(1) == 3);
  }
  SUBCASE("CRLF, a mark, no line end at the end") {
    const Dataset data = parsed("\xEF\xBB\xBF" "a,b\r\n1,2\r\n3,4");
    CHECK(data.names()[0] == "a");
    REQUIRE(data.rows() == 2);
    CHECK(data.cell(0, 1) == "2");
    CHECK(data.raw(0) == "1,2");
    CHECK(data.cell(1, 1) == "4");
  }
  SUBCASE("quotes") {
    const Dataset data = parsed("a,\"b \"\"c\"\"\"\n\"x, y\",\"line\nbreak\"\n\"\",\"\"\"\"\nlast,\"\"\"q\"\"r\"");
    CHECK(data.names()[1] == "b \"c\"");
    REQUIRE(data.rows() == 3);
    CHECK(data.cell(0, 0) == "x, y");
    CHECK(data.cell(0, 1) == "line\nbreak");
    CHECK(data.raw(0) == "\"x, y\",\"line\nbreak\"");
    CHECK(data.cell(1, 0) == "");
    CHECK(data.cell(1, 1) == "\"");
    CHECK(data.line(1) == 4);
    CHECK(data.cell(2, 1) == "\"q\"r");
  }
  SUBCASE("one column, and empty lines at the end") {
    const Dataset data = parsed("a\n1\n\"\"\n\n\r\n");
    REQUIRE(data.rows() == 2);
    CHECK(data.cell(1, 0) == "");
  }
  SUBCASE("a header and no rows") {
    CHECK(parsed("a,b").rows() == 0);
    CHECK(parsed("a,b\n\n").rows() == 0);
  }
  SUBCASE("spaces belong to a field") { CHECK(parsed("a, b\n 1,2\n").names()[1] == " b"); }
  SUBCASE("it can be moved") {
    Dataset data = parsed("a\n\"x\"\"y\"\n");
    const Dataset moved = std::move(data);
    CHECK(moved.cell(0, 0) == "x\"y");
  }
}

TEST_CASE("what is no table") {
  CHECK(refusal("") == "data.csv:1: there is no header row | the first line names the columns");
  CHECK(refusal("\n1\n") == "data.csv:1: there is no header row | the first line names the columns");
  CHECK(refusal("a,,b\n") == "data.csv:1: column 2 has no name");
  CHECK(refusal("a,b,a\n") == "data.csv:1: two columns are named `a`");
  CHECK(refusal("a,b\n1,2\n3\n") == "data.csv:3: found 1 field, expected 2 as in the header");
  CHECK(refusal("a,b\n1,2,3\n") ==
        "data.csv:2: found 3 fields, expected 2 as in the header | a field with a comma in it goes into double quotes");
  CHECK(refusal("a,b\n1,2\n\n3,4\n") ==
        "data.csv:3: an empty line between rows | remove it; a row whose only field is missing is written `\"\"`");
  CHECK(refusal("a,b\n1,\"2\n3,4\n") == "data.csv:2: a quote that is opened here is never closed");
  CHECK(refusal("a\n\"1\"x\n") == "data.csv:2: text after a closing quote | write a quote inside of a quoted field as `\"\"`");
  CHECK(refusal("a\n5\"\n") ==
        "data.csv:2: a quote inside a field that does not begin with one | write the field as `\"…\"` and each quote in it as `\"\"`");
  CHECK(refusal("a,b\r1,2\r") == "data.csv:1: a carriage return without a line feed | end lines by LF or CRLF");
  CHECK(refusal("a\n\"1\"\r") == "data.csv:2: text after a closing quote | write a quote inside of a quoted field as `\"\"`");
  CHECK(refusal("a\nM\xFCnchen\n") == "data.csv:2: byte 0xFC is not UTF-8 | save the file as UTF-8");
  CHECK(refusal(std::string("a\n1\0\n", 5)) == "data.csv:2: a NUL byte");
  CHECK(refusal(std::string("\xFF\xFE" "a\0", 4)) == "data.csv:1: this is UTF-16 | save the file as UTF-8");
}

TEST_CASE("columns by name") {
  const Dataset data = parsed("mean_radius,mean_texture\n1,2\n");
  CHECK(data.column("mean_texture") == 1);
  CHECK(data.column("mean_radios").error().message == "data.csv has no column `mean_radios`");
  CHECK(data.column("mean_radios").error().help == "did you mean `mean_radius`?");
  CHECK(data.column("age").error().help == "its columns are `mean_radius` and `mean_texture`");
  CHECK(parsed("a;b;c\n1;2;3\n").column("a").error().help == "its header is one field; columns are separated by commas");
  CHECK(data.column("age").error().code == ErrorCode::not_found);
}

TEST_CASE("cells as values") {
  const Tensor real{.name = "x", .datatype = Datatype::fp64};
  const Tensor integer{.name = "x", .datatype = Datatype::int64, .nullable = true};
  SUBCASE("numbers") {
    CHECK(value_or_refusal("1.5", real) == "1.5");
    CHECK(value_or_refusal(" +1e3 ", real) == "1000");
    CHECK(value_or_refusal("-.5", real) == "-0.5");
    CHECK(value_or_refusal("0.1", real) == "0.1");
    CHECK(value_or_refusal("1e-400", real) == "0");
    CHECK(value_or_refusal("4.9e-324", real) == "5e-324");
    CHECK(value_or_refusal("1e400", real) == "data.csv:2:1: column `x`: found `1e400`, expected a number");
    CHECK(value_or_refusal("0x10", real) == "data.csv:2:1: column `x`: found `0x10`, expected a number");
    CHECK(value_or_refusal("1 000", real) == "data.csv:2:1: column `x`: found `1 000`, expected a number");
    CHECK(value_or_refusal("+-1", real) == "data.csv:2:1: column `x`: found `+-1`, expected a number");
    CHECK(value_or_refusal("inf", real) == "data.csv:2:1: column `x`: found `inf`, expected a number");
    CHECK(value_or_refusal("NaN", real) == "data.csv:2:1: column `x`: found `NaN`, expected a number | a missing value is an empty field");
    CHECK(value_or_refusal("  ", real) == "data.csv:2:1: column `x`: found `  `, expected a number | a missing value is an empty field");
  }
  SUBCASE("integers") {
    CHECK(value_or_refusal("-7", integer) == "-7");
    CHECK(value_or_refusal("3.0", integer) == "3");
    CHECK(value_or_refusal("9007199254740993", integer) == "9007199254740993");
    CHECK(value_or_refusal("3.5", integer) == "data.csv:2:1: column `x`: found `3.5`, expected an integer");
    CHECK(value_or_refusal("1e3", integer) == "data.csv:2:1: column `x`: found `1e3`, expected an integer");
    CHECK(value_or_refusal(".0", integer) == "data.csv:2:1: column `x`: found `.0`, expected an integer");
    CHECK(value_or_refusal("9223372036854775808", integer) ==
          "data.csv:2:1: column `x`: found `9223372036854775808`, expected a number that fits INT64");
    CHECK(value_or_refusal("18446744073709551615", {.name = "x", .datatype = Datatype::uint64}) == "18446744073709551615");
    CHECK(value_or_refusal("-1", {.name = "x", .datatype = Datatype::uint64}) ==
          "data.csv:2:1: column `x`: found `-1`, expected a number that fits UINT64");
    CHECK(value_or_refusal("128", {.name = "x", .datatype = Datatype::int8}) ==
          "data.csv:2:1: column `x`: found `128`, expected a number that fits INT8");
  }
  SUBCASE("missing") {
    CHECK(value_or_refusal("", integer) == "missing");
    CHECK(value_or_refusal("\"\"", integer) == "missing");
    CHECK(value_or_refusal("", real) == "data.csv:2:1: column `x`: a value is missing, and the interface does not say `nullable: true`");
  }
  SUBCASE("booleans and texts") {
    const Tensor boolean{.name = "x", .datatype = Datatype::boolean};
    CHECK(value_or_refusal("True", boolean) == "true");
    CHECK(value_or_refusal("0", boolean) == "false");
    CHECK(value_or_refusal("yes", boolean) == "data.csv:2:1: column `x`: found `yes`, expected `true` or `false`");
    const Tensor carrier{.name = "x", .datatype = Datatype::bytes, .categories = {"AA", "UA"}};
    CHECK(value_or_refusal("UA", carrier) == "UA");
    CHECK(value_or_refusal(" UA", carrier) == "data.csv:2:1: column `x`: found ` UA`, expected `AA` or `UA`");
  }
  SUBCASE("what the interface allows") {
    const Tensor share{.name = "x", .datatype = Datatype::fp64, .minimum = 0, .maximum = 1};
    CHECK(value_or_refusal("1", share) == "1");
    CHECK(value_or_refusal("1.01", share) == "data.csv:2:1: column `x`: found `1.01`, expected at most 1");
    CHECK(value_or_refusal("-1e-9", share) == "data.csv:2:1: column `x`: found `-1e-09`, expected at least 0");
    CHECK(value_or_refusal("1e39", {.name = "x", .datatype = Datatype::fp32}) ==
          "data.csv:2:1: column `x`: found `1e+39`, expected a number that fits FP32");
  }
}

TEST_CASE("whole columns") {
  const Dataset data = parsed("x,label\n1.5,yes\n2,no\n");
  const auto values = data.values({.name = "label", .datatype = Datatype::bytes});
  REQUIRE(values);
  CHECK(values->rows() == 2);
  CHECK(mops::tensor::to_text(values->at(1)) == "no");
  CHECK(data.numbers("x") == std::vector<double>{1.5, 2});
  CHECK(data.numbers("label").error().message == "data.csv:2:5: column `label`: found `yes`, expected a number");
  CHECK(parsed("a,b\n,1\n").numbers("a").error().message == "data.csv:2:1: column `a`: a value is missing");
  CHECK(data.values({.name = "x", .shape = {-1, 3}}).error().code == ErrorCode::usage);
}
