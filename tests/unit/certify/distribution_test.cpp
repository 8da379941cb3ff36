#include "certify/distribution.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;

namespace {

DatasetDistributions measured(ScriptedModel& model, std::string csv) {
  const auto found = measure_distributions(model.client, model.interface, dataset_of(std::move(csv)), {}, {});
  REQUIRE_MESSAGE(found, found.error().message);
  return *found;
}

std::string told(const Distribution& distribution) {
  std::string out = fmt::format("{} rows, {} missing", distribution.rows, distribution.missing);
  if (!distribution.texts) return out;
  for (const auto& counted : *distribution.texts) out += fmt::format(" {}:{}", counted.text, counted.count);
  return out;
}

std::string rows_of(std::string_view line, size_t count) {
  std::string rows;
  for (size_t i = 0; i < count; ++i) rows += line;
  return rows;
}

}  // namespace

TEST_CASE("distributions: numbers by quantiles, of what goes in and what comes out") {
  ScriptedModel model({k_probability, k_label});
  model.answers("probability:FP64[0.25,1,0.5] label:INT64[0,1,1]");
  const DatasetDistributions found = measured(model, "other,age\n1,30\n1,10\n1,20\n");
  CHECK(found.rows == 3);
  CHECK(found.asked == 3);
  REQUIRE(found.inputs.size() == 1);
  const Distribution& age = found.inputs.at("age");
  CHECK(told(age) == "3 rows, 0 missing");
  REQUIRE(age.quantiles.size() == 101);
  CHECK(age.quantiles[0] == 10);
  CHECK(age.quantiles[33] == 10);
  CHECK(age.quantiles[34] == 20);
  CHECK(age.quantiles[66] == 20);
  CHECK(age.quantiles[67] == 30);
  CHECK(age.quantiles[100] == 30);
  CHECK(found.outputs.at("probability").quantiles[50] == 0.5);
  CHECK(found.outputs.at("label").quantiles[20] == 0);
}

TEST_CASE("distributions: of texts those that cannot tell of a single row") {
  const model::Tensor city{.name = "city", .datatype = model::Datatype::bytes, .nullable = true};
  const model::Tensor plan{.name = "plan", .datatype = model::Datatype::bytes, .categories = {"basic", "gold"}};
  const model::Tensor active{.name = "active", .datatype = model::Datatype::boolean};
  ScriptedModel model({k_label}, {city, plan, active});
  model.answers(fmt::format("label:INT64[{}]", fmt::join(std::vector<int>(24, 1), ",")));
  const DatasetDistributions found = measured(model, "city,plan,active\n" + rows_of("Bern,basic,true\n", 10) + rows_of("Basel,basic,1\n", 9) + rows_of(",basic,true\n", 4) + "Zug,gold,False\n");
  CHECK(told(found.inputs.at("city")) == "24 rows, 4 missing Bern:10");
  CHECK(told(found.inputs.at("plan")) == "24 rows, 0 missing basic:23 gold:1");
  CHECK(told(found.inputs.at("active")) == "24 rows, 0 missing true:23 false:1");
}

TEST_CASE("distributions: of what is personal or secret nothing but how many") {
  model::Tensor age = k_age;
  age.nullable = true;
  for (const model::Sensitivity sensitivity : {model::Sensitivity::personal, model::Sensitivity::secret}) {
    age.sensitivity = sensitivity;
    const model::Tensor name{.name = "name", .datatype = model::Datatype::bytes, .sensitivity = sensitivity};
    model::Tensor score = k_probability;
    score.sensitivity = sensitivity;
    ScriptedModel model({score}, {age, name});
    model.answers("probability:FP64[1,2]");
    const DatasetDistributions found = measured(model, "age,name\n30,Ann\n,Bob\n");
    CHECK(found.inputs.at("age") == Distribution{.rows = 2, .missing = 1});
    CHECK(found.inputs.at("name") == Distribution{.rows = 2});
    CHECK(found.outputs.at("probability") == Distribution{.rows = 2});
  }
}

TEST_CASE("distributions: each place of an output that has several") {
  ScriptedModel model({{.name = "scores", .datatype = model::Datatype::fp64, .shape = {-1, 2}}});
  model.says(http::Response{.status = 200, .body = R"({"model_name":"churn","outputs":[{"name":"scores","datatype":"FP64","shape":[2,2],"data":[0.1,0.9,0.3,0.7]}]})"});
  const DatasetDistributions found = measured(model, "age\n1\n2\n");
  REQUIRE(found.outputs.size() == 2);
  CHECK(found.outputs.at("scores[0]").quantiles.back() == 0.3);
  CHECK(found.outputs.at("scores[1]").quantiles.front() == 0.7);
}

TEST_CASE("distributions: at most 2,000 rows are asked for, from everywhere") {
  std::string csv = "age\n";
  for (int i = 0; i < 12'345; ++i) csv += fmt::format("{}\n", i);
  ScriptedModel model({k_label});
  std::vector<int> labels(50, 1);
  for (int request = 0; request < 39; ++request) model.answers(fmt::format("label:INT64[{}]", fmt::join(labels, ",")));
  labels.resize(45);
  model.answers(fmt::format("label:INT64[{}]", fmt::join(labels, ",")));
  const DatasetDistributions found = measured(model, csv);
  CHECK(found.rows == 12'345);
  CHECK(found.asked == 1995);
  CHECK(found.inputs.at("age").quantiles[50] == doctest::Approx(6172).epsilon(0.04));
  CHECK(model.transport.requests.front().body.find("[0.0,1.0,2.0,") != std::string::npos);
  CHECK(model.transport.requests.back().body.find(",12344.0]") != std::string::npos);
}

TEST_CASE("distributions: a cell that is no value is an error") {
  ScriptedModel model({k_label});
  const auto found = measure_distributions(model.client, model.interface, dataset_of("age\n1\nold\n"), {}, {});
  REQUIRE_FALSE(found);
  CHECK(found.error().code == ErrorCode::invalid);
  CHECK(found.error().message.starts_with("holdout.csv:3:1: column `age`"));
}
