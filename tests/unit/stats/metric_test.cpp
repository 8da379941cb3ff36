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
        "roc_auc: 0.75\naverage_precision: 0.8333\nlog_loss: 0.4723\nbrier_score: 0.1581\n");
  CHECK(shown(measure_binary(truth, {}, predicted)).ends_with("brier_score: there are no scores\n"));
  CHECK(shown(measure_binary({}, {}, {})).starts_with("accuracy: there are no rows\n"));
  CHECK(shown(measure_binary(truth, std::vector<double>{1, 2, 3, 4}, predicted))
            .ends_with("roc_auc: 1\naverage_precision: 1\nlog_loss: row 2 of the scores is 2, expected a probability\n"
                       "brier_score: row 2 of the scores is 2, expected a probability\n"));
}

TEST_CASE("all metrics of several classes and of numbers") {
  const std::vector<std::string> animals = {"cat", "dog"};
  CHECK(shown(measure_multiclass(animals, animals)) ==
        "accuracy: 1\nbalanced_accuracy: 1\nprecision_macro: 1\nrecall_macro: 1\nf1_macro: 1\nf1_weighted: 1\nmatthews_corrcoef: 1\n");
  CHECK(shown(measure_regression(std::vector<double>{1e300}, std::vector<double>{0})) ==
        "mean_absolute_error: 1e+300\nmean_squared_error: the numbers are too large\n"
        "root_mean_squared_error: the numbers are too large\nmedian_absolute_error: 1e+300\n"
        "mean_absolute_percentage_error: 1\nmax_error: 1e+300\nr2: there is only one row\n");
}

TEST_CASE("the list of metrics is what is measured, in that order") {
  const auto names_agree = [](MetricKind kind, const std::vector<Metric>& measured) {
    const auto known = metrics_of(kind);
    REQUIRE(known.size() == measured.size());
    for (size_t i = 0; i < known.size(); ++i) CHECK(known[i].name == measured[i].name);
  };
  names_agree(MetricKind::binary, measure_binary({}, {}, {}));
  names_agree(MetricKind::multiclass, measure_multiclass({}, {}));
  names_agree(MetricKind::regression, measure_regression({}, {}));
  CHECK(find_metric(MetricKind::binary, "log_loss")->better == Better::lower);
  CHECK(find_metric(MetricKind::regression, "log_loss") == nullptr);
}
