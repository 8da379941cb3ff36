#include "certify/measurements.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::certify;

namespace {

Result<Measurements> read(std::string json) { return read_measurements(document::parse_json({.path = "m.json", .text = std::move(json)})); }

}  // namespace

TEST_CASE("measurements: there and back") {
  const std::string json =
      R"({"format":"measurements/v1","latency":{"unit":"log-binned nanoseconds, 16 bins an octave","count":5,"buckets":[[3,2],[7,3]]},"curves":{"roc":[[0.0,0.0],[0.5,1.0],[1.0,1.0]]},)"
      R"("distributions":[{"dataset":"train","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","rows":9,)"
      R"("inputs":[{"column":"age","rows":9,"missing":2,"quantiles":[1.0,2.5]},{"column":"name","rows":9,"missing":0},)"
      R"({"column":"x-plan","rows":9,"missing":0,"texts":[["gold",8,0],["",1,0]]}],"asked":0,"outputs":[]}]})";
  const auto measurements = read(json);
  REQUIRE(measurements);
  CHECK(to_json(to_value(*measurements)) == json);
  REQUIRE(measurements->find("roc") != nullptr);
  CHECK(measurements->find("roc")->size() == 3);
  CHECK(measurements->find("rate") == nullptr);
  REQUIRE(measurements->distributions.size() == 1);
  CHECK(measurements->distributions[0].inputs.at("x-plan").texts->back().count == 1);
}

TEST_CASE("measurements: files of before there were curves") {
  const auto measurements = read(R"({"format":"measurements/v1","latency":{"unit":"x","count":2,"buckets":[[3,2]]}})");
  REQUIRE(measurements);
  CHECK(measurements->latency == std::vector<stats::Histogram::Bucket>{{.bin = 3, .count = 2}});
}

TEST_CASE("measurements: what is refused") {
  const auto refusal = [](std::string_view curves) {
    const auto out = read(fmt::format(R"({{"format":"measurements/v1","latency":{{"buckets":[]}},"curves":{}}})", curves));
    return out ? std::string("taken") : out.error().message;
  };
  CHECK(refusal(R"({"roc":[[0,0],[1]]})") == "m.json:1:77: expected as many numbers as in the first point, at least 2");
  CHECK(refusal(R"({"roc":[[0,"x"]]})") != "taken");
  const auto refusal_of_column = [](std::string_view column) {
    const auto out = read(fmt::format(R"({{"format":"measurements/v1","latency":{{"buckets":[]}},"distributions":[{{"dataset":"d","sha256":"{}","rows":1,"inputs":[{}],"asked":0,"outputs":[]}}]}})",
                                      std::string(64, 'a'), column));
    return out ? std::string("taken") : out.error().message;
  };
  CHECK(refusal_of_column(R"({"column":"a","rows":1,"missing":0})") == "taken");
  CHECK(refusal_of_column(R"({"column":"a","rows":1})") != "taken");
  CHECK(refusal_of_column(R"({"column":"a","rows":1,"missing":0,"texts":[["a",1]]})").ends_with("expected a text, its count, and how much that may be too much"));
  CHECK(read(R"({"format":"measurements/v2","latency":{"buckets":[]}})").error().message ==
        "m.json:1:11: found format `measurements/v2`, newer than `measurements/v1`, the newest that this mops reads");
}

TEST_CASE("latency_curve: from the fastest to the slowest") {
  stats::Histogram histogram;
  CHECK(latency_curve(histogram).empty());
  for (uint64_t i = 1; i <= 1000; ++i) histogram.record(i * 1'000'000);
  const Curve curve = latency_curve(histogram);
  REQUIRE(curve.size() == 61);
  CHECK(curve.front() == std::vector<double>{0, 1});
  CHECK(curve.back()[0] == doctest::Approx(0.999));
  CHECK(curve.back()[1] == doctest::Approx(999).epsilon(0.01));
  for (size_t i = 1; i < curve.size(); ++i) CHECK((curve[i - 1][0] < curve[i][0] && curve[i - 1][1] <= curve[i][1]));
}
