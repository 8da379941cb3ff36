#include "tensor/response.h"

#include "base/text.h"

#include <doctest/doctest.h>

using mops::model::Datatype;
using mops::tensor::read_infer_response;
using mops::tensor::to_number;
using mops::tensor::to_text;

namespace {

mops::model::Interface interface_of(std::vector<mops::model::Tensor> outputs) { return {.inputs = {}, .outputs = std::move(outputs)}; }

const mops::model::Tensor k_score{.name = "score", .datatype = Datatype::fp64, .minimum = 0, .maximum = 1};
const mops::model::Tensor k_label{.name = "label", .datatype = Datatype::int64};

std::string problems(std::string body, const mops::model::Interface& interface, size_t rows) {
  return mops::join(read_infer_response(std::move(body), interface, rows).problems, "; ");
}

/// Problems of a response with the one output `score` of two rows.
std::string score_problems(std::string_view fields) {
  return problems(fmt::format(R"({{"outputs":[{{"name":"score",{}}}]}})", fields), interface_of({k_score}), 2);
}

}  // namespace

TEST_CASE("a sound answer") {
  const auto read = read_infer_response(
      R"({"model_name":"churn","outputs":[{"name":"label","datatype":"INT64","shape":[2],"data":[1,0]},)"
      R"({"name":"score","datatype":"FP64","shape":[2],"data":[0.75,1]}]})",
      interface_of({k_score, k_label}), 2);
  CHECK(read.problems.empty());
  REQUIRE(read.answer.outputs.size() == 2);
  CHECK(read.answer.rows() == 2);
  CHECK(read.answer.outputs[0].name == "score");
  CHECK(to_number(read.answer.find("score")->at(0)) == 0.75);
  CHECK(to_text(read.answer.find("label")->at(1)) == "0");
  CHECK(read.answer.find("other") == nullptr);
}

TEST_CASE("several values a row, flat and nested") {
  const auto interface = interface_of({{.name = "shares", .datatype = Datatype::fp32, .shape = {-1, 3}}});
  for (const char* data : {"[1,2,3,4,5,6]", "[[1,2,3],[4,5,6]]"}) {
    const auto read = read_infer_response(
        fmt::format(R"({{"outputs":[{{"name":"shares","datatype":"FP32","shape":[2,3],"data":{}}}]}})", data), interface, 2);
    CHECK(read.problems.empty());
    REQUIRE(read.answer.outputs.size() == 1);
    CHECK(read.answer.outputs[0].width == 3);
    CHECK(to_number(read.answer.outputs[0].at(1, 0)) == 4.0);
  }
  const auto refused = [&](std::string_view shape, std::string_view data) {
    return problems(fmt::format(R"({{"outputs":[{{"name":"shares","datatype":"FP32","shape":{},"data":{}}}]}})", shape, data), interface, 2);
  };
  CHECK(refused("[2,3]", "[[1,2],[3,4],[5,6]]") == "output `shares`: `data` is nested in another way than its shape [2, 3]");
  CHECK(refused("[2,3]", "[1,[2],3,4,5,6]") == "output `shares`: `data` is nested in another way than its shape [2, 3]");
  CHECK(refused("[2,3]", "[[1,2,3],4]") == "output `shares`: `data` is nested in another way than its shape [2, 3]");
  CHECK(refused("[6]", "[1,2,3,4,5,6]") == "output `shares`: found shape [6], expected [2, 3]");
  CHECK(refused("[2,2]", "[1,2,3,4]") == "output `shares`: found shape [2, 2], expected [2, 3]");
}

TEST_CASE("whole responses that are wrong") {
  const auto interface = interface_of({k_score});
  CHECK(problems(R"({"error":"model is not ready"})", interface, 1) == "the response is an error: `model is not ready`");
  CHECK(problems("[]", interface, 1) == "the response has no list `outputs`");
  CHECK(problems(R"({"outputs":[]})", interface, 1) == "output `score` is missing");
  CHECK(problems(R"({"outputs":[{"name":"Score"},{}]})", interface, 1) ==
        "output `Score` is not in the interface; an output has no `name`; output `score` is missing");
  CHECK(problems("<html>", interface, 1).starts_with("the response is not JSON: line 1, column 1: "));
  CHECK(problems("", interface, 1).starts_with("the response is not JSON: "));
  CHECK(problems(R"({"outputs":[{"name":"score","datatype":"FP64","shape":[1],"data":[NaN]}]})", interface, 1)
            .starts_with("the response is not JSON: line 1, column 67: "));
  const std::string good = R"({"name":"score","datatype":"FP64","shape":[1],"data":[0]})";
  CHECK(problems(R"({"outputs":[)" + good + "," + good + "]}", interface, 1) == "output `score` comes twice");
}

TEST_CASE("outputs that break the interface") {
  CHECK(score_problems(R"("shape":[2],"data":[0,1])") == "output `score`: has no `datatype`");
  CHECK(score_problems(R"("datatype":"FP32","shape":[2],"data":[0,1])") == "output `score`: found datatype `FP32`, expected `FP64`");
  CHECK(score_problems(R"("datatype":"FP64","data":[0,1])") == "output `score`: has no `shape`");
  CHECK(score_problems(R"("datatype":"FP64","shape":["2"],"data":[0,1])") == "output `score`: found `2` in `shape`, expected a length");
  CHECK(score_problems(R"("datatype":"FP64","shape":[-2],"data":[0,1])") == "output `score`: found `-2` in `shape`, expected a length");
  CHECK(score_problems(R"("datatype":"FP64","shape":[4294967296,4294967296],"data":[])") ==
        "output `score`: found `4294967296` in `shape`, expected a length");
  CHECK(score_problems(R"("datatype":"FP64","shape":[3],"data":[0,1,1])") == "output `score`: found shape [3], expected [2]");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2,1],"data":[0,1])") == "output `score`: found shape [2, 1], expected [2]");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2])") == "output `score`: has no `data`");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":{})") == "output `score`: `data` is a map, expected a list");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":[0])") == "output `score`: found 1 values, expected 2 by its shape [2]");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":[0,"1"])") == "output `score`: row 2: found `1`, expected a number");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":[true,{}])") ==
        "output `score`: row 1: found `true`, expected a number (and 1 more)");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":[1.5,-1])") ==
        "output `score`: row 1: found `1.5`, expected at most 1 (and 1 more)");
  CHECK(score_problems(R"("datatype":"FP64","shape":[2],"data":[0,null])") ==
        "output `score`: row 2: a value is missing, and the interface does not say `nullable: true`");
}

TEST_CASE("values by datatype") {
  const auto of = [](mops::model::Tensor tensor, std::string_view datatype, std::string_view data) {
    tensor.name = "y";
    return problems(fmt::format(R"({{"outputs":[{{"name":"y","datatype":"{}","shape":[1],"data":[{}]}}]}})", datatype, data), interface_of({tensor}), 1);
  };
  CHECK(of({.datatype = Datatype::int64}, "INT64", "1.5") == "output `y`: row 1: found `1.5`, expected an integer");
  CHECK(of({.datatype = Datatype::int64}, "INT64", "9223372036854775807") == "");
  CHECK(of({.datatype = Datatype::int64}, "INT64", "9223372036854775808") ==
        "output `y`: row 1: found `9223372036854775808`, expected a number that fits INT64");
  CHECK(of({.datatype = Datatype::uint64}, "UINT64", "18446744073709551615") == "");
  CHECK(of({.datatype = Datatype::uint64}, "UINT64", "18446744073709551616") ==
        "output `y`: row 1: found `18446744073709551616`, expected an integer");
  CHECK(of({.datatype = Datatype::uint8}, "UINT8", "-1") == "output `y`: row 1: found `-1`, expected a number that fits UINT8");
  CHECK(of({.datatype = Datatype::boolean}, "BOOL", "1") == "output `y`: row 1: found `1`, expected a boolean");
  CHECK(of({.datatype = Datatype::boolean}, "BOOL", "true") == "");
  CHECK(of({.datatype = Datatype::fp32}, "FP32", "1e39") == "output `y`: row 1: found `1e+39`, expected a number that fits FP32");
  CHECK(of({.datatype = Datatype::bytes, .categories = {"no", "yes"}}, "BYTES", "\"maybe\"") ==
        "output `y`: row 1: found `maybe`, expected `no` or `yes`");
  CHECK(of({.datatype = Datatype::bytes}, "BYTES", "7") == "output `y`: row 1: found `7`, expected a string");
  CHECK(of({.datatype = Datatype::fp64, .nullable = true}, "FP64", "null") == "");
}
