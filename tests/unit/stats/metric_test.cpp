#include "stats/metric.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace mops::stats;

namespace {

std::string shown(const std::vector<Metric>& metrics) {
  std::string text;
  for (const Metric& metric : metrics) text += fmt::format("{}: {}\n", metric.name, metric.value ? fmt::format("{:.4g}", *metric.value) : metric.reason);
  return text;
}

}  // namespace

TEST_CASE("all metrics of two classes") {
  const std::vector<uint8_t> truth = {0, 0, 1, 1};
  const std::vector<uint8_t> predicted = {0, 0, 0, 1};
  const std::vector<double> scores = {0.1, 0.4, 0.35, 0.8};
  CHECK(shown(measure_binary(truth, scores, predicted)) ==
        "accuracy: 0.75\nbalanced_accuracy: 0.75\nprecision: 1\nrecall: 0.5\nf1: 0.6667\nmatthews_corrcoef: 0.5774\n"
        "roc_auc: 0.75\naverage_precision: 0.8333\nlog_loss: 0.4723\nbrier_score: 0.1581\n"
        "expected_calibration_error: 0.1375\n");
  CHECK(shown(measure_binary(truth, {}, predicted)).ends_with("expected_calibration_error: there are no scores\n"));
  CHECK(shown(measure_binary({}, {}, {})).starts_with("accuracy: there are no rows\n"));
  CHECK(shown(measure_binary(truth, std::vector<double>{1, 2, 3, 4}, predicted))
            .ends_with("roc_auc: 1\naverage_precision: 1\nlog_loss: row 2 of the scores is 2, expected a probability\n"
                       "brier_score: row 2 of the scores is 2, expected a probability\n"
                       "expected_calibration_error: row 2 of the scores is 2, expected a probability\n"));
}

TEST_CASE("all metrics of several classes and of numbers") {
  const std::vector<std::string> animals = {"cat", "dog"};
  CHECK(shown(measure_multiclass(animals, animals)) ==
        "accuracy: 1\nbalanced_accuracy: 1\nprecision_macro: 1\nrecall_macro: 1\nf1_macro: 1\nprecision_micro: 1\nrecall_micro: 1\n"
        "f1_micro: 1\nprecision_weighted: 1\nrecall_weighted: 1\nf1_weighted: 1\nmatthews_corrcoef: 1\nroc_auc_ovr: there are no scores\n"
        "roc_auc_ovr_weighted: there are no scores\nroc_auc_ovo: there are no scores\nroc_auc_ovo_weighted: there are no scores\n"
        "log_loss: there are no scores\nbrier_score: there are no scores\n");
  CHECK(shown(measure_regression(std::vector<double>{1e300}, std::vector<double>{0})) ==
        "mean_absolute_error: 1e+300\nmean_squared_error: the numbers are too large\n"
        "root_mean_squared_error: the numbers are too large\nmedian_absolute_error: 1e+300\n"
        "mean_absolute_percentage_error: 1\nmean_pinball_loss: 5e+299\nmax_error: 1e+300\nr2: there is only one row\n");
}

TEST_CASE("the list of metrics is what is measured, in that order") {
  const auto names_agree = [](MetricKind kind, const std::vector<Metric>& measured) {
    const auto known = metrics_of(kind);
    REQUIRE(known.size() == measured.size());
    for (size_t i = 0; i < known.size(); ++i) CHECK(known[i].name == measured[i].name);
  };
  names_agree(MetricKind::binary, measure_binary({}, {}, {}));
  names_agree(MetricKind::multiclass, measure_multiclass(MulticlassRows{}));
  names_agree(MetricKind::regression, measure_regression({}, {}));
  CHECK(find_metric(MetricKind::binary, "log_loss")->better == Better::lower);
  CHECK(find_metric(MetricKind::regression, "log_loss") == nullptr);
  CHECK(find_metric("log_loss")->better == Better::lower);
  CHECK(find_metric("r2")->better == Better::higher);
  CHECK(find_metric("brier_score_loss") == nullptr);
  for (const MetricKind kind : {MetricKind::binary, MetricKind::multiclass, MetricKind::regression})
    for (const MetricInfo& info : metrics_of(kind)) CHECK(find_metric(info.name)->better == info.better);
}

TEST_CASE("only what is wanted, in the order of the list") {
  const std::vector<std::string> wanted = {"log_loss", "accuracy"};
  const std::vector<uint8_t> truth = {0, 1};
  CHECK(shown(measure_binary(truth, std::vector<double>{0.5, 0.5}, truth, {}, wanted)) == "accuracy: 1\nlog_loss: 0.6931\n");
}

TEST_CASE("scores of several classes") {
  const std::vector<std::string> classes = {"cat", "dog", "owl"};
  const std::vector<uint32_t> truth = {0, 0, 1, 1, 2, 2};
  const std::vector<uint32_t> predicted = {0, 1, 1, 1, 2, 0};
  const std::vector<double> cat = {0.8, 0.3, 0.1, 0.25, 0.2, 0.5};
  const std::vector<double> dog = {0.1, 0.6, 0.7, 0.5, 0.2, 0.25};
  const std::vector<double> owl = {0.1, 0.1, 0.2, 0.25, 0.6, 0.25};
  const std::vector<std::string> wanted = {"roc_auc_ovr", "roc_auc_ovr_weighted", "roc_auc_ovo", "roc_auc_ovo_weighted", "log_loss", "brier_score"};
  MulticlassRows rows{.classes = classes, .truth = truth, .predicted = predicted, .scores = {.classes = classes, .columns = {cat, dog, owl}}};
  CHECK(shown(measure_multiclass(rows, wanted)) ==
        "roc_auc_ovr: 0.8958\nroc_auc_ovr_weighted: 0.8958\nroc_auc_ovo: 0.8958\nroc_auc_ovo_weighted: 0.8958\nlog_loss: 0.729\nbrier_score: 0.425\n");
  const std::vector<double> weights = {1, 1, 1, 1, 0, 0};
  rows.weights = weights;
  CHECK(shown(measure_multiclass(rows, wanted)).starts_with("roc_auc_ovr: the truth has no `owl`\n"));
  rows.weights = {};
  rows.scores.columns = {cat, dog, cat};
  CHECK(shown(measure_multiclass(rows, wanted)).ends_with("brier_score: the scores of row 1 add up to 1.7000000000000002, expected 1\n"));
  rows.scores = {.classes = {"cat", "dog"}, .columns = {cat, dog}};
  CHECK(shown(measure_multiclass(rows, wanted)).ends_with("brier_score: `owl` has no scores\n"));
}
