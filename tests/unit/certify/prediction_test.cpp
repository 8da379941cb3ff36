#include "certify/prediction.h"

#include "specimen.h"

using namespace mops;
using namespace mops::certify;
using model::Datatype;
using model::Task;

namespace {

struct Order {
  Task task = Task::binary_classification;
  std::string csv = "age,left\n1,0\n2,1\n3,1\n4,0\n";
  std::string score = {};
  std::string prediction = {};
  std::string positive = {};
  std::vector<model::Tensor> outputs = {k_probability, k_label};
};

Result<std::vector<stats::Metric>> measured(const Order& order, ScriptedModel& model) {
  model::Manifest manifest{.task = order.task};
  manifest.certification.target = "left";
  manifest.certification.score = order.score;
  manifest.certification.prediction = order.prediction;
  manifest.certification.positive = order.positive;
  return measure_predictions(model.client, manifest, dataset_of(order.csv), {}, {}).map([&](MeasuredPredictions measured) {
    for (const auto& [name, curve] : measured.curves) model.curves += fmt::format("{}:{} ", name, curve.size());
    return measured.sample->measure({});
  });
}

Result<std::vector<stats::Metric>> measured(const Order& order, std::string_view answer) {
  ScriptedModel model(order.outputs);
  model.answers(answer);
  return measured(order, model);
}

/// The values of some metrics after one answer for all rows.
std::string metrics(const Order& order, std::string_view answer, std::string_view names) {
  const auto all = measured(order, answer);
  REQUIRE_MESSAGE(all, all.error().message);
  std::string text;
  for (const std::string_view name : split(names, ' '))
    for (const stats::Metric& metric : *all)
      if (metric.name == name) text += fmt::format("{}={} ", name, metric.value ? fmt::format("{:.4g}", *metric.value) : metric.reason);
  return text;
}

std::string refusal(const Order& order, std::string_view answer) {
  const auto all = measured(order, answer);
  REQUIRE_FALSE(all);
  CHECK(all.error().code == ErrorCode::refused);
  return all.error().message;
}

}  // namespace

TEST_CASE("predictions, binary: by the score, 0.5 is positive") {
  CHECK(metrics({.score = "probability"}, "probability:FP64[0.1,0.5,0.9,0.6] label:INT64[9,9,9,9]", "accuracy recall precision roc_auc") ==
        "accuracy=0.75 recall=1 precision=0.6667 roc_auc=0.75 ");
}

TEST_CASE("predictions, binary: by the label, scores where there are some") {
  CHECK(metrics({.prediction = "label"}, "probability:FP64[0,0,0,0] label:INT64[0,1,0,0]", "accuracy recall roc_auc") ==
        "accuracy=0.75 recall=0.5 roc_auc=there are no scores ");
  CHECK(metrics({.score = "probability", .prediction = "label"}, "probability:FP64[0.1,0.2,0.3,0] label:INT64[0,1,0,0]", "accuracy roc_auc") ==
        "accuracy=0.75 roc_auc=1 ");
}

TEST_CASE("predictions, binary: one class, several spellings") {
  const std::string all_right = "accuracy=1 recall=1 ";
  const auto check = [&](std::string csv, std::string positive, Datatype datatype, std::string_view data) {
    CAPTURE(csv);
    CAPTURE(data);
    CHECK(metrics({.csv = std::move(csv), .prediction = "label", .positive = std::move(positive), .outputs = {{.name = "label", .datatype = datatype}}},
                  fmt::format("label:{}{}", to_string(datatype), data), "accuracy recall") == all_right);
  };
  check("age,left\n1,0\n2,1\n", "", Datatype::int64, "[0,1]");
  check("age,left\n1,0.0\n2,1.0\n", "1", Datatype::boolean, "[false,true]");
  check("age,left\n1,False\n2,True\n", "true", Datatype::fp64, "[0.0,1.0]");
  check("age,left\n1,1\n2,2\n", "2.0", Datatype::fp32, "[1,2]");
  check("age,left\n1,no\n2,yes\n", "yes", Datatype::bytes, R"(["no","yes"])");
}

TEST_CASE("predictions, multiclass") {
  const Order order{.task = Task::multiclass_classification, .csv = "age,left\n1,a\n2,b\n3,c\n4,a\n", .prediction = "kind",
                    .outputs = {{.name = "kind", .datatype = Datatype::bytes}}};
  CHECK(metrics(order, R"(kind:BYTES["a","b","a","a"])", "accuracy") == "accuracy=0.75 ");
  // Numbers that a table with missing values wrote.
  const Order numbers{.task = Task::multiclass_classification, .csv = "age,left\n1,0.0\n2,1.0\n3,2.0\n", .prediction = "label", .outputs = {k_label}};
  CHECK(metrics(numbers, "label:INT64[0,1,2]", "accuracy") == "accuracy=1 ");
  const Order texts{.task = Task::multiclass_classification, .csv = "age,left\n1,v1.0\n2,v1\n3,.0\n", .prediction = "kind",
                    .outputs = {{.name = "kind", .datatype = Datatype::bytes}}};
  CHECK(metrics(texts, R"(kind:BYTES["v1","v1",".0"])", "accuracy") == "accuracy=0.6667 ");
}

TEST_CASE("predictions, regression") {
  const Order order{.task = Task::regression, .csv = "age,left\n1,1.5\n2,-2\n3,1e1\n", .prediction = "probability", .outputs = {k_probability}};
  CHECK(metrics(order, "probability:FP64[1.5,-1,8]", "mean_absolute_error root_mean_squared_error") == "mean_absolute_error=1 root_mean_squared_error=1.291 ");
}

TEST_CASE("predictions: what cannot be measured") {
  CHECK(refusal({.score = "kind", .outputs = {{.name = "kind", .datatype = Datatype::bytes}}}, R"(kind:BYTES["a","b","c","d"])") ==
        "output `kind` of row 1 is not a number");
  CHECK(refusal({.task = Task::regression, .prediction = "kind", .outputs = {{.name = "kind", .datatype = Datatype::bytes}}}, R"(kind:BYTES["1","2","3","4"])") ==
        "output `kind` of row 1 is not a number");
  const model::Tensor nullable{.name = "label", .datatype = Datatype::int64, .nullable = true};
  CHECK(refusal({.prediction = "label", .outputs = {nullable}}, "label:INT64[0,1,null,0]") == "output `label` of row 3 is missing");
  CHECK(refusal({.task = Task::regression, .prediction = "label", .outputs = {nullable}}, "label:INT64[0,null,1,0]") == "output `label` of row 2 is not a number");
  CHECK(refusal({.prediction = "other"}, "probability:FP64[0,0,0,0] label:INT64[0,1,0,0]") == "the answer has no output `other`");

  ScriptedModel wide({{.name = "shares", .datatype = Datatype::fp64, .shape = {-1, 2}}});
  wide.says(http::Response{.status = 200, .body = R"({"outputs":[{"name":"shares","datatype":"FP64","shape":[4,2],"data":[1,0,0,1,0,1,1,0]}]})"});
  const auto refused = measured({.score = "shares"}, wide);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "output `shares` has 2 values a row, expected 1");
}

TEST_CASE("predictions: the truth is asked for before the model is") {
  ScriptedModel model({k_probability});
  const auto why = [&](const Order& order) {
    const auto all = measured(order, model);
    REQUIRE_FALSE(all);
    return all.error().message;
  };
  CHECK(why({.csv = "age,left\n1,0\n2,\n"}) == "holdout.csv:3: the truth `left` is missing");
  CHECK(why({.task = Task::regression, .csv = "age,left\n1,0\n2,many\n"}).starts_with("holdout.csv:3:3: column `left`: "));
  CHECK(why({.csv = "age,lift\n1,0\n"}).find("`left`") != std::string::npos);
}

TEST_CASE("predictions: many rows go in several requests") {
  std::string csv = "age,left\n";
  for (int row = 0; row < 70; ++row) csv += fmt::format("{},{}\n", row, row % 2);
  const auto labels = [](int first, int end) {
    std::string data;
    for (int row = first; row < end; ++row) data += fmt::format("{}{}", data.empty() ? "" : ",", row == 69 ? 0 : row % 2);
    return "label:INT64[" + data + "]";
  };
  ScriptedModel model({k_label});
  model.answers(labels(0, 64));
  model.answers(labels(64, 70));
  const auto all = measured({.csv = csv, .prediction = "label", .outputs = {k_label}}, model);
  REQUIRE_MESSAGE(all, all.error().message);
  for (const stats::Metric& metric : *all)
    if (metric.name == "accuracy") CHECK(*metric.value == doctest::Approx(69.0 / 70));
}

TEST_CASE("predictions: the curves that a task has") {
  ScriptedModel binary({k_probability, k_label});
  binary.answers("probability:FP64[0.1,0.5,0.9,0.6] label:INT64[9,9,9,9]");
  REQUIRE(measured({.score = "probability"}, binary));
  CHECK(binary.curves == "calibration:4 precision_recall:3 roc:5 ");
  ScriptedModel regression({k_probability});
  regression.answers("probability:FP64[0.1,0.5,0.9,0.6]");
  REQUIRE(measured({.task = model::Task::regression, .prediction = "probability", .outputs = {k_probability}}, regression));
  CHECK(regression.curves == "residuals:4 ");
}
