#include "cli/metrics_view.h"

#include "cli/table.h"
#include "document/value.h"
#include "stats/samples.h"

#include <algorithm>

namespace mops::cli {
namespace {

using document::Value;

/// Classes, and the rows (or their weight) by truth and prediction; nothing for numbers, and for more classes than `most`.
struct Matrix {
  std::vector<std::string> classes;
  std::vector<std::vector<double>> counts;
};

std::optional<Matrix> matrix_of(const stats::Sample& sample, size_t most) {
  if (const auto* binary = dynamic_cast<const stats::BinarySample*>(&sample)) {
    const auto counts = binary->counts();
    if (!counts) return std::nullopt;
    return Matrix{.classes = {"negative", "positive"}, .counts = {{counts->true_negative, counts->false_positive}, {counts->false_negative, counts->true_positive}}};
  }
  if (const auto* multiclass = dynamic_cast<const stats::MulticlassSample*>(&sample)) {
    if (multiclass->columns().classes.size() > most) return std::nullopt;
    const auto confusion = multiclass->confusion();
    if (!confusion) return std::nullopt;
    Matrix matrix{.classes = confusion->classes(), .counts = {}};
    for (size_t truth = 0; truth < matrix.classes.size(); ++truth) {
      matrix.counts.emplace_back();
      for (size_t said = 0; said < matrix.classes.size(); ++said) matrix.counts.back().push_back(confusion->count(truth, said));
    }
    return matrix;
  }
  return std::nullopt;
}

Value json_of(const std::optional<Matrix>& matrix) {
  if (!matrix) return {};
  Value classes = Value::list();
  for (const std::string& name : matrix->classes) classes.add(name);
  Value counts = Value::list();
  for (const auto& row : matrix->counts) {
    Value line = Value::list();
    for (const double count : row) line.add(count);
    counts.add(std::move(line));
  }
  return Value::map().set("classes", std::move(classes)).set("counts", std::move(counts));
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string shown(const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("{} to {}", number(interval->low), number(interval->high)) : std::string("-");
}

std::string_view word_of(stats::McNemarMethod method) { return method == stats::McNemarMethod::exact ? "exact" : "chi-squared"; }

void set_interval(Value& value, const std::optional<stats::Interval>& interval) {
  value.set("low", interval ? Value(interval->low) : Value()).set("high", interval ? Value(interval->high) : Value());
}

Value json_of(const std::vector<stats::Estimate>& estimates) {
  Value metrics = Value::map();
  for (const stats::Estimate& estimate : estimates) {
    Value entry = Value::map().set("value", estimate.metric.value ? Value(*estimate.metric.value) : Value());
    set_interval(entry, estimate.interval);
    if (!estimate.metric.value) entry.set("reason", estimate.metric.reason);
    metrics.set(estimate.metric.name, std::move(entry));
  }
  return metrics;
}

Value json_of(const SlicedColumn& sliced) {
  Value slices = Value::list();
  for (const stats::Slice& slice : sliced.slices.slices)
    slices.add(Value::map().set("value", slice.value).set("rows", slice.rows).set("too_little_data", slice.has_too_little_data).set("metrics", json_of(slice.metrics)));
  Value worst = Value::map();
  for (const auto& [metric, value] : sliced.slices.worst) worst.set(metric, value);
  return Value::map().set("column", sliced.column).set("minimum_rows", sliced.minimum_rows).set("slices", std::move(slices)).set("worst", std::move(worst));
}

Value json_of(const MetricsComparison& comparison) {
  Value metrics = Value::map();
  for (const stats::Difference& difference : comparison.differences) {
    Value entry = Value::map().set("value", difference.second).set("against", difference.first).set("difference", difference.value());
    set_interval(entry, difference.interval);
    entry.set("better", difference.better == stats::Better::higher ? "higher" : "lower");
    metrics.set(difference.name, std::move(entry));
  }
  Value mcnemar;
  if (const auto& test = comparison.mcnemar)
    mcnemar = Value::map()
                  .set("only_this_right", test->only_first_right)
                  .set("only_other_right", test->only_second_right)
                  .set("method", word_of(test->method))
                  .set("p_value", test->p_value);
  return Value::map().set("metrics", std::move(metrics)).set("mcnemar", std::move(mcnemar));
}

using Align = Table::Align;

std::string text_of(const std::vector<stats::Estimate>& estimates, bool has_intervals, const Console& console) {
  std::vector<std::string> headings = {"METRIC", "VALUE"};
  if (has_intervals) headings.emplace_back("95 % INTERVAL");
  headings.emplace_back("");
  Table table(std::move(headings), {Align::left, Align::right, Align::left, Align::left});
  for (const stats::Estimate& estimate : estimates) {
    std::vector<Table::Cell> row = {{.text = estimate.metric.name}, {.text = estimate.metric.value ? number(*estimate.metric.value) : "-"}};
    if (has_intervals) row.push_back({.text = shown(estimate.interval)});
    row.push_back({.text = estimate.metric.reason});
    table.add(std::move(row));
  }
  return table.render(console);
}

/// A table for each metric would be long, one for all wide: slices are lines, the worst one is marked.
std::string text_of(const SlicedColumn& sliced, const Console& console) {
  Table table({"METRIC", sliced.column, "ROWS", "VALUE", "95 % INTERVAL", ""}, {Align::left, Align::left, Align::right, Align::right, Align::left, Align::left});
  const auto& slices = sliced.slices.slices;
  for (size_t metric = 0; !slices.empty() && metric < slices.front().metrics.size(); ++metric) {
    const std::string& name = slices.front().metrics[metric].metric.name;
    const auto worst = std::find_if(sliced.slices.worst.begin(), sliced.slices.worst.end(), [&](const auto& of) { return of.first == name; });
    for (const stats::Slice& slice : slices) {
      const stats::Estimate& estimate = slice.metrics[metric];
      const bool is_worst = worst != sliced.slices.worst.end() && worst->second == slice.value;
      const std::string_view remark = slice.has_too_little_data ? "too little data" : is_worst && slices.size() > 1 ? "the worst" : std::string_view(estimate.metric.reason);
      table.add({{.text = &slice == &slices.front() ? name : ""},
                 {.text = slice.value},
                 {.text = fmt::format("{}", slice.rows)},
                 {.text = estimate.metric.value ? number(*estimate.metric.value) : "-"},
                 {.text = shown(estimate.interval)},
                 {.text = std::string(remark)}});
    }
  }
  return fmt::format("\nby {}\n{}", sliced.column, table.render(console));
}

std::string text_of(const MetricsComparison& comparison, const Console& console) {
  Table table({"METRIC", "VALUE", "AGAINST", "DIFFERENCE", "95 % INTERVAL"}, {Align::left, Align::right, Align::right, Align::right, Align::left});
  for (const stats::Difference& difference : comparison.differences)
    table.add({{.text = difference.name},
               {.text = number(difference.second)},
               {.text = number(difference.first)},
               {.text = fmt::format("{:+.6g}", difference.value())},
               {.text = shown(difference.interval)}});
  std::string text = "\nagainst the other model, on the same rows\n" + table.render(console);
  if (const auto& test = comparison.mcnemar)
    text += fmt::format("only this model right: {}, only the other: {}; as many either way has p = {} (McNemar, {})\n", test->only_first_right,
                        test->only_second_right, number(test->p_value), word_of(test->method));
  return text;
}

constexpr size_t k_shown_classes = 12;
/// A JSON document of more pairs is of use to nobody, and may not fit into memory.
constexpr size_t k_most_classes = 1000;

std::string text_of(const Matrix& matrix, const Console& console) {
  std::vector<std::string> headings = {"TRUTH \\ PREDICTED"};
  headings.insert(headings.end(), matrix.classes.begin(), matrix.classes.end());
  std::vector<Table::Align> alignment(headings.size(), Table::Align::right);
  alignment[0] = Table::Align::left;
  Table table(std::move(headings), std::move(alignment));
  for (size_t truth = 0; truth < matrix.classes.size(); ++truth) {
    std::vector<Table::Cell> row = {{.text = matrix.classes[truth]}};
    for (const double count : matrix.counts[truth]) row.push_back({.text = number(count)});
    table.add(std::move(row));
  }
  return "\n" + table.render(console);
}

}  // namespace

std::string to_text(const MetricsReport& report, const Console& console) {
  std::string text = fmt::format("{}, {} row{}\n\n", report.task, report.sample.rows(), report.sample.rows() == 1 ? "" : "s");
  text += text_of(report.metrics, report.bootstrap.has_value(), console);
  if (const auto matrix = matrix_of(report.sample, k_shown_classes)) text += text_of(*matrix, console);
  for (const SlicedColumn& sliced : report.slices) text += text_of(sliced, console);
  if (report.comparison) text += text_of(*report.comparison, console);
  return text;
}

std::string to_json(const MetricsReport& report) {
  Value slices = Value::list();
  for (const SlicedColumn& sliced : report.slices) slices.add(json_of(sliced));
  const auto& plan = report.bootstrap;
  return document::to_json(Value::map()
                               .set("format_version", 1)
                               .set("task", report.task)
                               .set("rows", static_cast<uint64_t>(report.sample.rows()))
                               .set("bootstrap", plan ? Value::map().set("resamples", plan->resamples).set("seed", plan->seed).set("confidence", 0.95) : Value())
                               .set("metrics", json_of(report.metrics))
                               .set("confusion_matrix", json_of(matrix_of(report.sample, k_most_classes)))
                               .set("slices", std::move(slices))
                               .set("comparison", report.comparison ? json_of(*report.comparison) : Value()),
                           document::JsonLayout::indented);
}

}  // namespace mops::cli
