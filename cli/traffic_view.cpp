#include "cli/traffic_view.h"

#include "cli/table.h"
#include "cli/visible.h"
#include "document/value.h"

#include <algorithm>

namespace mops::cli {
namespace {

using document::Value;
using gateway::ColumnTraffic;
using gateway::VersionTraffic;

constexpr size_t k_shown_texts = 3;
constexpr int k_steps = 100;

double share(uint64_t part, uint64_t all) { return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all); }

std::string values_text(const ColumnTraffic& column) {
  if (column.is_hidden) return "not kept: personal or secret";
  if (const auto* numbers = std::get_if<stats::QuantileSketch>(&column.sketch.values)) {
    if (numbers->count() == 0) return "none";
    return fmt::format("{:.4g} to {:.4g}, median {:.4g}", numbers->min(), numbers->max(), numbers->quantile(0.5));
  }
  const auto& texts = std::get<stats::HeavyHitters>(column.sketch.values);
  const auto top = texts.top();
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(k_shown_texts, top.size()); ++i)
    shown.push_back(fmt::format("`{}` {:.0f} %", visible(top[i].text), 100 * std::min(1.0, share(top[i].count, texts.count()))));
  if (shown.empty()) return "none";
  return fmt::format("{}{}", fmt::join(shown, ", "), top.size() > k_shown_texts ? " …" : "");
}

Value to_value(const std::vector<ColumnTraffic>& columns) {
  Value list = Value::list();
  for (const ColumnTraffic& column : columns) {
    Value entry = Value::map().set("column", column.column).set("rows", column.rows()).set("missing", column.sketch.missing);
    const auto* numbers = std::get_if<stats::QuantileSketch>(&column.sketch.values);
    if (numbers != nullptr && numbers->count() > 0 && !column.is_hidden) {
      std::vector<double> shares;
      for (int step = 0; step <= k_steps; ++step) shares.push_back(static_cast<double>(step) / k_steps);
      const std::vector<double> quantiles = numbers->quantiles(shares);
      entry.set("quantiles", Value::List(quantiles.begin(), quantiles.end()));
    }
    if (numbers == nullptr && !column.is_hidden) {
      Value texts = Value::list();
      for (const auto& counted : std::get<stats::HeavyHitters>(column.sketch.values).top()) texts.add(Value::list({counted.text, counted.count, counted.excess}));
      entry.set("texts", std::move(texts));
    }
    list.add(std::move(entry));
  }
  return list;
}

}  // namespace

std::string to_text(const std::vector<VersionTraffic>& versions, const Console& console) {
  using Align = Table::Align;
  Table table({"MODEL", "VERSION", "SAMPLES", "COLUMN", "ROWS", "MISSING", "VALUES"},
              {Align::left, Align::left, Align::right, Align::left, Align::right, Align::right, Align::left});
  for (const VersionTraffic& version : versions) {
    const std::vector<Table::Cell> name{{visible(version.model)}, {visible(version.version)}, {fmt::format("{}", version.samples)}};
    const auto add = [&](std::string column, std::string rows, std::string missing, std::string values) {
      std::vector<Table::Cell> row = name;
      for (std::string* text : {&column, &rows, &missing, &values}) row.push_back({std::move(*text)});
      table.add(std::move(row));
    };
    if (version.inputs.empty() && version.outputs.empty()) add("-", "0", "-", "no interface is known, and nothing is kept");
    for (const auto& [columns, arrow] : {std::pair(&version.inputs, "in"), std::pair(&version.outputs, "out")})
      for (const ColumnTraffic& column : *columns)
        add(fmt::format("{} {}", arrow, visible(column.column)), fmt::format("{}", column.rows()), fmt::format("{:.1f} %", 100 * share(column.sketch.missing, column.rows())),
            values_text(column));
  }
  return table.render(console);
}

std::string to_json(const std::vector<VersionTraffic>& versions) {
  Value list = Value::list();
  for (const VersionTraffic& version : versions)
    list.add(Value::map()
                 .set("model", version.model)
                 .set("version", version.version)
                 .set("payload", version.payload)
                 .set("samples", version.samples)
                 .set("unread", version.unread)
                 .set("inputs", to_value(version.inputs))
                 .set("outputs", to_value(version.outputs)));
  return document::to_json(Value::map().set("format_version", 1).set("versions", std::move(list)), document::JsonLayout::indented);
}

}  // namespace mops::cli
