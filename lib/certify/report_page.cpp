#include "certify/check_text.h"
#include "certify/report_rows.h"

#include "page/chart.h"
#include "page/markup.h"
#include "page/page.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::certify {
namespace {

using page::Chart;
using page::escaped;
using page::Scale;
using page::Series;
using page::short_number;

std::string verdict_word(Verdict verdict) { return fmt::format("<span class=\"{0}\">{0}</span>", to_string(verdict)); }

Series series_of(const Curve& curve, size_t y, std::string name) {
  Series series{.name = std::move(name), .points = {}};
  for (const std::vector<double>& point : curve)
    if (y < point.size()) series.points.push_back({.x = point[0], .y = point[y]});
  return series;
}

class Page {
 public:
  explicit Page(const ReportOrder& order) : order_(order), certificate_(order.candidate.certificate) {}

  std::string html() {
    const std::string name = fmt::format("{} {}", certificate_.model, order_.candidate.label);
    std::string body = fmt::format("<h1>{} <span class=\"badge {}\">{}</span></h1>\n", escaped(name), to_string(certificate_.verdict), to_string(certificate_.verdict));
    if (!order_.description.empty()) body += fmt::format("<p class=\"quiet\">{}</p>\n", escaped(order_.description));
    body += fmt::format("<p class=\"lead\">{}</p>\n", escaped(headline(certificate_)));
    body += checks();
    body += differences();
    if (order_.current) body += comparison();
    body += predictions();
    body += speed();
    body += facts();
    return page::document(fmt::format("{}: {}", name, to_string(certificate_.verdict)), body);
  }

 private:
  [[nodiscard]] std::string checks() const {
    using enum page::Column;
    page::Table table{.columns = {{"Check", text}, {"Value", number}, {"Limit", text}, {"n", number}, {"Verdict", text}}, .rows = {}};
    for (const CheckRow& row : check_rows(certificate_)) {
      const std::string meaning = row.meaning.empty() ? "" : fmt::format("<br><span class=\"quiet\">{}</span>", escaped(row.meaning));
      const std::string note = row.note.empty() ? "" : fmt::format("<br><span class=\"quiet\">{}</span>", escaped(row.note));
      table.rows.push_back({fmt::format("<code>{}</code>{}", escaped(row.name), meaning), escaped(row.value), escaped(row.limit), row.count, verdict_word(row.verdict) + note});
    }
    return "<h2>What was asked, and the answer</h2>\n" + page::table(table);
  }

  /// Of the same rows in the same run, which tells more than two certificates.
  [[nodiscard]] std::string differences() const {
    if (!certificate_.comparison) return {};
    const evidence::Comparison& compared = *certificate_.comparison;
    const std::string heading = fmt::format("<h2>Against {}, on the same rows</h2>\n", escaped(compared.baseline));
    if (!compared.obstacle.empty()) return heading + fmt::format("<p>Not compared: {}.</p>\n", escaped(compared.obstacle));
    using enum page::Column;
    page::Table table{.columns = {{"", text}, {escaped(compared.baseline), number}, {"This version", number}, {"Difference (95 % interval)", number}, {"", text}}, .rows = {}};
    for (const DifferenceRow& row : difference_rows(certificate_)) table.rows.push_back({escaped(row.name), row.current, row.candidate, row.difference, row.word});
    return heading + page::table(table) + fmt::format("<p class=\"quiet\">The two answer: {}.</p>\n", escaped(agreement_text(compared)));
  }

  [[nodiscard]] std::string comparison() const {
    using enum page::Column;
    const std::string& current = order_.current->label;
    page::Table table{.columns = {{"", text}, {escaped(current), number}, {escaped(order_.candidate.label), number}, {"Difference", number}, {"", text}}, .rows = {}};
    const std::vector<ComparisonRow> rows = comparison_rows(certificate_, order_.current->certificate);
    for (const ComparisonRow& row : rows)
      table.rows.push_back({escaped(row.name), row.current, row.candidate, row.difference, row.word});
    return fmt::format("<h2>Compared with {}</h2>\n<p>{}</p>\n", escaped(current), escaped(comparison_sentence(rows))) + page::table(table);
  }

  /// Draws the curve of the candidate and, dashed, that of the version that it would replace. Empty: there is none.
  std::string curve(std::string_view name, size_t y, Chart chart, page::Mark mark = page::Mark::line) {
    const Curve* const own = order_.candidate.measurements.find(name);
    if (own == nullptr) return {};
    std::vector<Series> series = {series_of(*own, y, order_.candidate.label)};
    series[0].mark = mark;
    if (const Curve* const other = order_.current ? order_.current->measurements.find(name) : nullptr) {
      series.push_back(series_of(*other, y, order_.current->label));
      series[1].stroke = page::Stroke::dashed;
      series[1].mark = mark;
    }
    series.insert(series.end(), std::make_move_iterator(chart.series.begin()), std::make_move_iterator(chart.series.end()));
    chart.series = std::move(series);
    return page::figure(chart);
  }

  static Series diagonal(std::string name) { return {.name = std::move(name), .points = {{0, 0}, {1, 1}}, .stroke = page::Stroke::dashed}; }

  std::string predictions() {
    std::string figures;
    figures += curve(k_roc_curve, 1, {.title = "Positives found, against false alarms (ROC)",
                                      .says = "the further to the upper left, the better; the diagonal is chance",
                                      .x = {.label = "share of negatives that are taken for positive", .from_zero = true},
                                      .y = {.label = "share of positives found", .from_zero = true},
                                      .series = {diagonal("chance")},
                                      .limits = {}});
    figures += curve(k_precision_recall_curve, 1, {.title = "Precision against recall",
                                                   .says = "how many of those that are called positive are, the more of the positives are to be found",
                                                   .x = {.label = "recall", .from_zero = true},
                                                   .y = {.label = "precision", .from_zero = true},
                                                   .series = {},
                                                   .limits = {}});
    figures += curve(k_calibration_curve, 1, {.title = "What a score means (calibration)",
                                              .says = "on the diagonal, of the rows with score 0.8 eight of ten are positive",
                                              .x = {.label = "mean score", .from_zero = true},
                                              .y = {.label = "share of positive rows", .from_zero = true},
                                              .series = {diagonal("perfect")},
                                              .limits = {}}, page::Mark::dots);
    figures += residuals();
    return figures.empty() ? std::string() : "<h2>Predictions</h2>\n<div class=\"pair\">\n" + figures + "</div>\n";
  }

  [[nodiscard]] std::string residuals() const {
    const Curve* const bands = order_.candidate.measurements.find(k_residual_curve);
    if (bands == nullptr) return {};
    Chart chart{.title = "How far the truth was from the prediction (residuals)",
                .says = "four of five rows lie between the dashed lines; a slope or a bend is something the model does not know",
                .x = {.label = "prediction"},
                .y = {.label = "truth less prediction"},
                .series = {series_of(*bands, 2, "median"), series_of(*bands, 1, "a tenth is below"), series_of(*bands, 3, "a tenth is above")},
                .limits = {}};
    chart.series[1].stroke = chart.series[2].stroke = page::Stroke::dashed;
    return page::figure(chart);
  }

  [[nodiscard]] std::string rate_sentence() const {
    const auto& capacity = certificate_.performance.capacity;
    return capacity ? capacity_text(*capacity) + "; where the line turns up, the model is at its end" : "where the line turns up, the model is at its end";
  }

  std::string speed() {
    std::vector<page::Limit> limits;
    if (const evidence::Check* p99 = certificate_.find_check("latency/p99_ms"); p99 != nullptr && p99->limit.maximum)
      limits.push_back({.y = *p99->limit.maximum, .label = fmt::format("99 % within {} ms", short_number(*p99->limit.maximum))});
    const evidence::Performance& load = certificate_.performance;
    std::string figures = curve(k_latency_curve, 1, {.title = "How long answers took",
                                                     .says = fmt::format("half came within {} ms, 99 % within {} ms, the slowest took {} ms", short_number(load.p50_ms), short_number(load.p99_ms), short_number(load.max_ms)),
                                                     .x = {.label = "share of the requests", .scale = Scale::percentile},
                                                     .y = {.label = "milliseconds", .scale = Scale::logarithmic},
                                                     .series = {},
                                                     .limits = limits});
    figures += curve(k_rate_curve, 1, {.title = "Latency under more load",
                                       .says = rate_sentence(),
                                       .x = {.label = "requests a second", .from_zero = true},
                                       .y = {.label = "p99, milliseconds", .scale = Scale::logarithmic},
                                       .series = {},
                                       .limits = limits}, page::Mark::dots);
    return figures.empty() ? std::string() : "<h2>Speed</h2>\n<div class=\"pair\">\n" + figures + "</div>\n";
  }

  [[nodiscard]] std::string facts() const {
    std::string out = "<h2>What was measured, and on what</h2>\n<dl>\n";
    for (const auto& [name, value] : fact_rows(order_)) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
    return out + fmt::format("</dl>\n<p class=\"quiet\">The evidence is signed. <code>mops certificate verify {}</code> says whether it is still what was signed.</p>\n", escaped(order_.file));
  }

  const ReportOrder& order_;
  const evidence::Certificate& certificate_;
};

}  // namespace

std::string report_page(const ReportOrder& order) { return Page(order).html(); }

}  // namespace mops::certify
