#include "gateway/decision.h"

#include "document/document.h"
#include "document/value.h"

#include <cmath>

namespace mops::gateway {
namespace {

using document::Node;
using document::NodeKind;
using document::Value;

bool fits(const Node& value, model::Datatype datatype) {
  if (datatype == model::Datatype::bytes) return value.kind == NodeKind::string;
  if (datatype == model::Datatype::boolean) return value.kind == NodeKind::boolean;
  return value.is_number() && std::isfinite(value.number);
}

void add_values(const Node& data, model::Datatype datatype, Value& values) {
  for (const Node& item : data.items) {
    if (item.kind == NodeKind::list) add_values(item, datatype, values);
    else values.add(fits(item, datatype) ? Value::of(item) : Value());
  }
}

const Node* find_tensor(const Node& tensors, std::string_view name) {
  for (const Node& tensor : tensors.items) {
    const Node* found = tensor.find("name");
    if (found != nullptr && found->kind == NodeKind::string && found->text == name) return &tensor;
  }
  return nullptr;
}

/// Column → values, row by row; null where nothing is known of them.
Value columns_of(const SampledBody& body, std::string_view key, const std::vector<model::Tensor>& tensors) {
  const document::Document document = document::parse_json({.path = "body", .text = std::string(body.view())});
  const Node* list = document.is_sound() ? document.root()->find(key) : nullptr;
  if (list == nullptr || list->kind != NodeKind::list) return {};
  Value columns = Value::map();
  for (const model::Tensor& tensor : tensors) {
    if (tensor.sensitivity != model::Sensitivity::none) continue;
    const Node* found = find_tensor(*list, tensor.name);
    const Node* data = found != nullptr ? found->find("data") : nullptr;
    if (data == nullptr || data->kind != NodeKind::list) continue;
    Value values = Value::list();
    add_values(*data, tensor.datatype, values);
    columns.set(tensor.name, std::move(values));
  }
  return columns;
}

}  // namespace

std::string decision_line(const Sample& sample) {
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
      .set("inputs", sample.interface ? columns_of(sample.request, "inputs", sample.interface->inputs) : Value())
      .set("outputs", sample.interface ? columns_of(sample.answer, "outputs", sample.interface->outputs) : Value());
  return document::to_json(line) + "\n";
}

}  // namespace mops::gateway
