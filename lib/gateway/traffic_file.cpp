#include "document/reader.h"
#include "document/value.h"
#include "gateway/traffic.h"


namespace mops::gateway {
namespace {

using document::Field;
using document::Value;

constexpr std::string_view k_begin = "traffic-";
constexpr std::string_view k_end = ".json";

Value to_value(const stats::QuantileSketch& numbers) {
  const stats::QuantileSketch::Content content = numbers.content();
  Value levels = Value::list();
  for (const std::vector<double>& level : content.levels) levels.add(Value::List(level.begin(), level.end()));
  return Value::map().set("min", content.min).set("max", content.max).set("levels", std::move(levels));
}

Value to_value(const stats::HeavyHitters& texts) {
  Value top = Value::list();
  for (const auto& counted : texts.top()) top.add(Value::list({counted.text, counted.count, counted.excess}));
  return Value::map().set("count", texts.count()).set("is_complete", texts.is_complete()).set("top", std::move(top));
}

Value to_value(const std::vector<ColumnTraffic>& columns) {
  Value list = Value::list();
  for (const ColumnTraffic& column : columns) {
    Value entry = Value::map().set("column", column.column).set("rows", column.rows()).set("missing", column.sketch.missing).set("is_hidden", column.is_hidden);
    const auto* numbers = std::get_if<stats::QuantileSketch>(&column.sketch.values);
    entry.set(numbers != nullptr ? "numbers" : "texts", numbers != nullptr ? to_value(*numbers) : to_value(std::get<stats::HeavyHitters>(column.sketch.values)));
    list.add(std::move(entry));
  }
  return list;
}

stats::QuantileSketch read_numbers(const Field& field) {
  stats::QuantileSketch::Content content{.min = field.at("min").number(), .max = field.at("max").number(), .levels = {}};
  for (const Field& level : field.at("levels").items()) {
    std::vector<double>& values = content.levels.emplace_back();
    for (const Field& value : level.items()) values.push_back(value.number());
  }
  auto sketch = stats::QuantileSketch::of(std::move(content));
  if (!sketch) field.refuse(sketch.error().message);
  return sketch ? std::move(*sketch) : stats::QuantileSketch();
}

stats::HeavyHitters read_texts(const Field& field) {
  std::vector<stats::HeavyHitters::Counted> top;
  for (const Field& counted : field.at("top").items()) {
    const std::vector<Field> parts = counted.items();
    if (parts.size() != 3) counted.refuse("this is a text, its count, and how much that may be too much");
    else top.push_back({.text = parts[0].text(), .count = parts[1].count(), .excess = parts[2].count()});
  }
  auto sketch = stats::HeavyHitters::of(std::move(top), field.at("count").count(), field.at("is_complete").boolean());
  if (!sketch) field.refuse(sketch.error().message);
  return sketch ? std::move(*sketch) : stats::HeavyHitters();
}

std::vector<ColumnTraffic> read_columns(const Field& field) {
  std::vector<ColumnTraffic> columns;
  for (const Field& item : field.items()) {
    ColumnTraffic column{.column = item.at("column").text(), .is_hidden = item.at("is_hidden").boolean()};
    if (const Field texts = item.maybe("texts"); texts.present()) column.sketch.values = read_texts(texts);
    else column.sketch.values = read_numbers(item.at("numbers"));
    column.sketch.missing = item.at("missing").count();
    const uint64_t rows = item.at("rows").count();
    if (column.is_hidden && rows >= column.sketch.rows()) column.hidden = rows - column.sketch.rows();
    if (column.rows() != rows) item.refuse("`rows` is not what values and `missing` add up to");
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

std::string traffic_file_name(std::string_view gateway) { return fmt::format("{}{}{}", k_begin, gateway, k_end); }
bool is_traffic_file(std::string_view name) { return name.starts_with(k_begin) && name.ends_with(k_end); }

std::string to_json(const TrafficSnapshot& snapshot) {
  Value versions = Value::list();
  for (const VersionTraffic& version : snapshot.versions)
    versions.add(Value::map()
                     .set("model", version.model)
                     .set("version", version.version)
                     .set("payload", version.payload)
                     .set("samples", version.samples)
                     .set("unread", version.unread)
                     .set("inputs", to_value(version.inputs))
                     .set("outputs", to_value(version.outputs)));
  return document::to_json(Value::map()
                               .set("format", "traffic/v1")
                               .set("gateway", snapshot.gateway)
                               .set("started", to_rfc3339(snapshot.started))
                               .set("taken", to_rfc3339(snapshot.taken))
                               .set("versions", std::move(versions))) +
         "\n";
}

Result<TrafficSnapshot> read_traffic(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("traffic", 1);
  TrafficSnapshot snapshot{.gateway = root.at("gateway").text(), .started = root.at("started").time(), .taken = root.at("taken").time()};
  for (const Field& item : root.at("versions").items())
    snapshot.versions.push_back({.model = item.at("model").text(), .payload = item.at("payload").text(), .version = item.at("version").text(), .samples = item.at("samples").count(),
                                 .unread = item.at("unread").count(), .inputs = read_columns(item.at("inputs")), .outputs = read_columns(item.at("outputs"))});
  return reader.finish(std::move(snapshot));
}

}  // namespace mops::gateway
