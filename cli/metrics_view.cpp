#include "cli/metrics_view.h"

#include "cli/table.h"
#include "document/value.h"
#include "stats/samples.h"

namespace mops::cli {
namespace {

using document::Value;

/// Classes, and the rows (or their weight) by truth and prediction; nothing for numbers.
struct Matrix {
  std::vector<std::string> classes;
  std::vector<std::vector<double>> counts;
};

std::optional<Matrix> matrix_of(const stats::Sample& sample) {
  if (const auto* binary = dynamic_cast<const stats::BinarySample*>(&sample)) {
    const auto counts = binary->counts();
    if (!counts) return std::nullopt;
    return Matrix{.classes = {"negative", "positive"}, .counts = {{counts->true_negative, counts->false_positive}, {counts->false_negative, counts->true_positive}}};
  }
  if (const auto* multiclass = dynamic_cast<const stats::MulticlassSample*>(&sample)) {
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

constexpr size_t k_shown_classes = 12;

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
  Table table({"METRIC", "VALUE", ""}, {Table::Align::left, Table::Align::right, Table::Align::left});
  for (const stats::Metric& metric : report.metrics) table.add({{.text = metric.name}, {.text = metric.value ? number(*metric.value) : "-"}, {.text = metric.reason}});
  text += table.render(console);
  if (const auto matrix = matrix_of(report.sample); matrix && matrix->classes.size() <= k_shown_classes) text += text_of(*matrix, console);
  return text;
}

std::string to_json(const MetricsReport& report) {
  Value metrics = Value::map();
  for (const stats::Metric& metric : report.metrics) {
    Value entry = Value::map().set("value", metric.value ? Value(*metric.value) : Value()).set("low", Value()).set("high", Value());
    if (!metric.value) entry.set("reason", metric.reason);
    metrics.set(metric.name, std::move(entry));
  }
  return document::to_json(Value::map()
                               .set("format_version", 1)
                               .set("task", report.task)
                               .set("rows", static_cast<uint64_t>(report.sample.rows()))
                               .set("metrics", std::move(metrics))
                               .set("confusion_matrix", json_of(matrix_of(report.sample))),
                           document::JsonLayout::indented);
}

}  // namespace mops::cli
