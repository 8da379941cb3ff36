#include "tensor/request.h"

#include <doctest/doctest.h>

using mops::ErrorCode;
using mops::model::Datatype;
using mops::tensor::Dataset;
using mops::tensor::infer_request;

TEST_CASE("the body of an inference request") {
  const mops::model::Interface interface{
      .inputs = {{.name = "radius", .datatype = Datatype::fp64, .nullable = true},
                 {.name = "carrier", .datatype = Datatype::bytes},
                 {.name = "stops", .datatype = Datatype::int32, .shape = {-1, 1}},
                 {.name = "late", .datatype = Datatype::boolean}},
      .outputs = {}};
  const auto data = Dataset::parse("data.csv",
                                   "late,stops,carrier,radius,target\n"
                                   "true,1,AA,14,0\n"
                                   "false,2.0,\"a \"\"b\"\"\t\xC3\xBC\",,1\n"
                                   "1,3,UA,1e-7,1\n");
  REQUIRE(data);
  SUBCASE("rows of the middle") {
    CHECK(infer_request(*data, interface, {.first = 0, .end = 2}) ==
          R"({"inputs":[{"name":"radius","shape":[2],"datatype":"FP64","data":[14.0,null]},)"
          R"({"name":"carrier","shape":[2],"datatype":"BYTES","data":["AA","a \"b\"\tü"]},)"
          R"({"name":"stops","shape":[2,1],"datatype":"INT32","data":[1,2]},)"
          R"({"name":"late","shape":[2],"datatype":"BOOL","data":[true,false]}]})");
  }
  SUBCASE("the last row alone") {
    CHECK(infer_request(*data, interface, {.first = 2, .end = 3})->starts_with(
        R"({"inputs":[{"name":"radius","shape":[1],"datatype":"FP64","data":[1e-07]},)"));
  }
  SUBCASE("rows that are not there") {
    CHECK(infer_request(*data, interface, {.first = 2, .end = 4}).error().message == "rows 2 to 4 of data.csv, which has 3");
    CHECK(infer_request(*data, interface, {.first = 1, .end = 1}).error().code == ErrorCode::usage);
  }
  SUBCASE("a column that is not there") {
    const mops::model::Interface other{.inputs = {{.name = "stop"}}, .outputs = {}};
    CHECK(infer_request(*data, other, {.first = 0, .end = 1}).error().help == "did you mean `stops`?");
  }
  SUBCASE("an input of several values a row") {
    const mops::model::Interface other{.inputs = {{.name = "stops", .shape = {-1, 4}}}, .outputs = {}};
    CHECK(infer_request(*data, other, {.first = 0, .end = 1}).error().message ==
          "input `stops` has more than one value a row, which a CSV column cannot hold");
  }
}

TEST_CASE("the path of an inference request") {
  CHECK(mops::tensor::infer_path("churn") == "/v2/models/churn/infer");
  CHECK(mops::tensor::infer_path("a b/ü") == "/v2/models/a%20b%2F%C3%BC/infer");
}
