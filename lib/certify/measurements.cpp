#include "certify/measurements.h"

#include "document/reader.h"

#include <cmath>

namespace mops::certify {

using document::Field;
using document::Value;

namespace {

Value to_value(const std::string& column, const Distribution& distribution) {
  Value value = Value::map().set("column", column).set("rows", distribution.rows).set("missing", distribution.missing);
  if (!distribution.quantiles.empty()) value.set("quantiles", Value::List(distribution.quantiles.begin(), distribution.quantiles.end()));
  if (!distribution.texts) return value;
  Value texts = Value::list();
  for (const stats::HeavyHitters::Counted& counted : *distribution.texts) texts.add(Value::list({counted.text, counted.count, counted.excess}));
  return value.set("texts", std::move(texts));
}

Value to_value(const std::map<std::string, Distribution>& columns) {
  Value value = Value::list();
  for (const auto& [name, distribution] : columns) value.add(to_value(name, distribution));
  return value;
}

Value to_value(const DatasetDistributions& measured) {
  return Value::map()
      .set("dataset", measured.dataset)
      .set("sha256", measured.sha256.hex())
      .set("rows", measured.rows)
      .set("inputs", to_value(measured.inputs))
      .set("asked", measured.asked)
      .set("outputs", to_value(measured.outputs));
}

std::map<std::string, Distribution> read_columns(const Field& columns) {
  std::map<std::string, Distribution> read;
  for (const Field& column : columns.items()) {
    Distribution distribution{.rows = column.at("rows").count(), .missing = column.at("missing").count()};
    for (const Field& quantile : column.maybe("quantiles").items()) distribution.quantiles.push_back(quantile.number());
    if (const Field texts = column.maybe("texts"); texts.present()) {
      distribution.texts.emplace();
      for (const Field& counted : texts.items()) {
        const std::vector<Field> parts = counted.items();
        if (parts.size() == 3) distribution.texts->push_back({.text = parts[0].text(), .count = parts[1].count(), .excess = parts[2].count()});
        else counted.refuse("expected a text, its count, and how much that may be too much");
      }
    }
    read.emplace(column.at("column").text(), std::move(distribution));
  }
  return read;
}

}  // namespace

const Curve* Measurements::find(std::string_view curve) const {
  const auto found = curves.find(curve);
  return found == curves.end() || found->second.empty() ? nullptr : &found->second;
}

Value to_value(const Measurements& measurements) {
  Value buckets = Value::list();
  uint64_t count = 0;
  for (const stats::Histogram::Bucket& bucket : measurements.latency) {
    buckets.add(Value::list({Value(static_cast<uint64_t>(bucket.bin)), Value(bucket.count)}));
    count += bucket.count;
  }
  Value curves = Value::map();
  for (const auto& [name, curve] : measurements.curves) {
    Value points = Value::list();
    for (const std::vector<double>& point : curve) {
      Value numbers = Value::list();
      for (const double number : point) numbers.add(number);
      points.add(std::move(numbers));
    }
    curves.set(name, std::move(points));
  }
  Value distributions = Value::list();
  for (const DatasetDistributions& measured : measurements.distributions) distributions.add(to_value(measured));
  return Value::map()
      .set("format", "measurements/v1")
      .set("latency", Value::map().set("unit", "log-binned nanoseconds, 16 bins an octave").set("count", count).set("buckets", std::move(buckets)))
      .set("curves", std::move(curves))
      .set("distributions", std::move(distributions));
}

Result<Measurements> read_measurements(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("measurements", 1);
  Measurements out;
  for (const Field& bucket : root.at("latency").at("buckets").items()) {
    const std::vector<Field> pair = bucket.items();
    if (pair.size() == 2 && pair[0].count() < stats::Histogram::k_bins) out.latency.push_back({.bin = static_cast<uint16_t>(pair[0].count()), .count = pair[1].count()});
    else bucket.refuse("expected a bin and its count");
  }
  for (const auto& [name, curve] : root.maybe("curves").entries()) {
    Curve& points = out.curves[name];
    for (const Field& point : curve.items()) {
      std::vector<double>& numbers = points.emplace_back();
      for (const Field& number : point.items()) numbers.push_back(number.number());
      if (numbers.size() < 2 || numbers.size() != points.front().size()) point.refuse("expected as many numbers as in the first point, at least 2");
    }
  }
  for (const Field& measured : root.maybe("distributions").items())
    out.distributions.push_back({.dataset = measured.at("dataset").text(),
                                 .sha256 = measured.at("sha256").digest(),
                                 .rows = measured.at("rows").count(),
                                 .inputs = read_columns(measured.at("inputs")),
                                 .asked = measured.at("asked").count(),
                                 .outputs = read_columns(measured.at("outputs"))});
  return reader.finish(std::move(out));
}

Curve latency_curve(const stats::Histogram& latency) {
  constexpr int k_a_decade = 20;
  constexpr double k_nanoseconds = 1e6;
  Curve curve;
  if (latency.count() == 0) return curve;
  const double decades = std::log10(static_cast<double>(latency.count()));
  const int steps = static_cast<int>(std::ceil(decades * k_a_decade));
  for (int step = 0; step <= steps; ++step) {
    const double share = 1 - std::pow(10.0, -decades * step / std::max(steps, 1));
    curve.push_back({share, static_cast<double>(latency.quantile(share)) / k_nanoseconds});
  }
  return curve;
}

}  // namespace mops::certify
