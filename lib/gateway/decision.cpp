#include "gateway/decision.h"

namespace mops::gateway {
namespace {

using document::Value;

Value columns_of(const BodyValues& body) {
  if (!body) return {};
  Value columns = Value::map();
  for (const ColumnValues& column : *body)
    if (column.values && column.tensor->sensitivity == model::Sensitivity::none) columns.set(column.tensor->name, *column.values);
  return columns;
}

}  // namespace

std::string decision_line(const Sample& sample, const SampleValues& values) {
  Value line = Value::map();
  line.set("format", "decision/v1")
      .set("time", to_rfc3339(sample.time))
      .set("request", sample.request_id)
      .set("model", sample.model)
      .set("version", sample.version)
      .set("payload", sample.payload)
      .set("role", to_string(sample.role))
      .set("generation", sample.generation)
      .set("status", sample.status)
      .set("latency_ms", sample.latency_ms)
      .set("probability", sample.probability)
      .set("inputs", columns_of(values.inputs))
      .set("outputs", columns_of(values.outputs));
  return document::to_json(line) + "\n";
}

}  // namespace mops::gateway
