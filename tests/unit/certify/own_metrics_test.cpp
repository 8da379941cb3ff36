#include "certify/own_metrics.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;

namespace {

const model::OwnMetrics k_profit{.command = {"sh", "-c", ""}, .metrics = {{"profit", {.minimum = 1}}, {"risk", {.maximum = 0.5}}}};

model::OwnMetrics own(std::string script) {
  model::OwnMetrics metrics = k_profit;
  metrics.command.back() = std::move(script);
  return metrics;
}

tensor::Column column(std::string name, std::vector<tensor::Scalar> values, size_t width = 1) { return {.name = std::move(name), .width = width, .values = std::move(values)}; }

Workplace workplace() { return {.folder = "/", .variables = Variables::of_this_process()}; }

std::string told(const Result<std::vector<stats::Metric>>& metrics) {
  if (!metrics) return metrics.error().message + fmt::format("{}", fmt::join(metrics.error().causes, "; "));
  std::string text;
  for (const stats::Metric& metric : *metrics) text += fmt::format("{}={} ", metric.name, metric.value ? fmt::format("{}", *metric.value) : metric.reason);
  return text;
}

std::string measured(std::string script) {
  const tensor::Dataset dataset = dataset_of("a\n1\n");
  return told(measure_own(own(std::move(script)), AnswerTable(dataset), workplace(), {}));
}

}  // namespace

TEST_CASE("own metrics: the table is the data set and the answers beside it") {
  const tensor::Dataset dataset = dataset_of("\"a,b\",c\r\n1,\"x \"\"y\"\"\"\r\n,z\n3,\n");
  AnswerTable table(dataset);
  table.add({.outputs = {column("label", {std::string("say \"no\""), std::string("a,b")}), column("scores", {0.25, 1.0, std::monostate{}, 2.0}, 2)}});
  table.add({.outputs = {column("label", {std::string("two\nlines")}), column("scores", {1e-9, 1e300}, 2)}});
  CHECK(table.csv() ==
        "\"a,b\",c,output.label,output.scores[0],output.scores[1]\n"
        "1,\"x \"\"y\"\"\",\"say \"\"no\"\"\",0.25,1\n"
        ",z,\"a,b\",,2\n"
        "3,,\"two\nlines\",1e-09,1e+300\n");
}

TEST_CASE("own metrics: a program gets the table and prints numbers") {
  const tensor::Dataset dataset = dataset_of("a\n1\n2\n");
  AnswerTable table(dataset);
  table.add({.outputs = {column("y", {3.5, 4.5})}});
  CHECK(told(measure_own(own(R"(echo working >&2; echo "{\"profit\": $(wc -l), \"risk\": 0.25, \"more\": true}")"), table, workplace(), {})) == "profit=3 risk=0.25 ");
  CHECK(measured(R"(echo '{"profit": null, "risk": -1}')") == "profit=undefined, says the program that computes it risk=-1 ");
}

TEST_CASE("own metrics: programs that do something else") {
  CHECK(measured(R"(echo '{"profit": 1}')").find("printed no `risk`") != std::string::npos);
  CHECK(measured(R"(echo '{"profit": "much", "risk": 1}')").find("printed `much` for `profit`, expected a number") != std::string::npos);
  CHECK(measured("echo profit is high").ends_with("printed something else than one JSON objectit printed: profit is high"));
  CHECK(measured("true").find("printed something else than one JSON object") != std::string::npos);
  CHECK(measured(R"(echo '[1]')").find("printed something else than one JSON object") != std::string::npos);
  CHECK(measured("echo '{}'; echo lost >&2; exit 7").ends_with("ended with code 7it printed: lost"));
  model::OwnMetrics slow = own("sleep 60");
  slow.timeout = std::chrono::milliseconds(50);
  const tensor::Dataset dataset = dataset_of("a\n1\n");
  const auto timed_out = measure_own(slow, AnswerTable(dataset), workplace(), {});
  REQUIRE_FALSE(timed_out);
  CHECK(timed_out.error().code == ErrorCode::refused);
  CHECK(timed_out.error().message == "`sh -c sleep 60` took more than 0.05 s");
  slow.command = {"no-such-program-at-all"};
  CHECK(measure_own(slow, AnswerTable(dataset), workplace(), {}).error().code == ErrorCode::not_found);
}

TEST_CASE("own metrics: held against their limits") {
  const auto checks = check_own(k_profit, {{.name = "profit", .value = 0.5}, {.name = "risk", .value = {}, .reason = "undefined"}}, 9);
  REQUIRE(checks.size() == 2);
  CHECK(checks[0].name == "metrics/profit");
  CHECK(checks[0].verdict == Verdict::failed);
  CHECK(checks[0].n == 9);
  CHECK(checks[1].verdict == Verdict::inconclusive);
  CHECK(checks[1].note == "undefined");
}
