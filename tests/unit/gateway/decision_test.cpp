#include "gateway/decision.h"

#include <doctest/doctest.h>

using namespace mops;
using gateway::Sample;

namespace {

std::shared_ptr<const model::Interface> interface_of_all() {
  using model::Datatype;
  return std::make_shared<const model::Interface>(model::Interface{
      .inputs = {{.name = "x", .datatype = Datatype::fp64},
                 {.name = "town", .datatype = Datatype::bytes},
                 {.name = "birthday", .datatype = Datatype::bytes, .sensitivity = model::Sensitivity::personal},
                 {.name = "key", .datatype = Datatype::int64, .sensitivity = model::Sensitivity::secret},
                 {.name = "absent", .datatype = Datatype::fp64}},
      .outputs = {{.name = "yes", .datatype = Datatype::boolean}, {.name = "score", .datatype = Datatype::fp32, .shape = {-1, 2}}}});
}

Sample sample_of(std::string_view request, std::string_view answer) {
  Sample sample{.time = SystemTime(std::chrono::milliseconds(1'795'759'200'123)), .request_id = "order-7", .model = "m", .version = "1.0.0", .payload = "abc", .generation = 3, .status = 200,
                .latency_ms = 1.5, .probability = 0.25, .interface = interface_of_all()};
  sample.request.add(request);
  sample.answer.add(answer);
  return sample;
}

}  // namespace

TEST_CASE("a decision has the values that may be told, and no others") {
  const Sample sample = sample_of(
      R"({"inputs": [{"name": "x", "shape": [2], "datatype": "FP64", "data": [1.5, null]}, {"name": "birthday", "data": ["1970-01-01", "b"]}, {"name": "key", "data": [1, 2]},
          {"name": "town", "data": ["a\u0000\"ü", 7]}, {"name": "not in the interface", "data": ["1970-01-02"]}]})",
      R"({"outputs": [{"name": "yes", "data": [true, 1]}, {"name": "score", "data": [[0.25, 0.75], [1, 0]]}]})");
  CHECK(decision_line(sample, values_of(sample)) ==
        R"({"format":"decision/v1","time":"2026-11-27T06:00:00.123Z","request":"order-7","model":"m","version":"1.0.0","payload":"abc","role":"primary","generation":3,"status":200,)"
        R"("latency_ms":1.5,"probability":0.25,"inputs":{"x":[1.5,null],"town":["a\u0000\"ü",null]},"outputs":{"yes":[true,null],"score":[0.25,0.75,1,0]}})"
        "\n");
}

TEST_CASE("of bodies that cannot be read no value is told") {
  const auto tail = [](const Sample& sample) {
    const std::string line = decision_line(sample, values_of(sample));
    return line.substr(line.find("\"inputs\""));
  };
  const std::string nothing = "\"inputs\":null,\"outputs\":null}\n";
  CHECK(tail(sample_of("", "")) == nothing);
  CHECK(tail(sample_of("no json", R"({"error": "birthday 1970-01-01"})")) == nothing);
  CHECK(tail(sample_of(R"({"inputs": {"x": 1}})", R"({"outputs": 7})")) == nothing);
  CHECK(tail(sample_of(R"({"inputs": [7, {"name": 3}, {"name": "x", "data": 7}]})", R"({"outputs": []})")) == "\"inputs\":{},\"outputs\":{}}\n");
  CHECK(tail(sample_of(R"({"inputs": [{"name": "x", "data": [)" + std::string(gateway::SampledBody::k_most, '1') + "]}]}", "")) == nothing);
  Sample unknown = sample_of(R"({"inputs": [{"name": "x", "data": [1]}]})", R"({"outputs": []})");
  unknown.interface = nullptr;
  CHECK(tail(unknown) == nothing);
}
