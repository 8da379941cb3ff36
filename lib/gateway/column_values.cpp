#include "gateway/column_values.h"

#include "document/document.h"

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

void add_values(const Node& data, model::Datatype datatype, Value::List& values) {
  for (const Node& item : data.items) {
    if (item.kind == NodeKind::list) add_values(item, datatype, values);
    else values.push_back(fits(item, datatype) ? Value::of(item) : Value());
  }
}

const Node* find_tensor(const Node& tensors, std::string_view name) {
  for (const Node& tensor : tensors.items) {
    const Node* found = tensor.find("name");
    if (found != nullptr && found->kind == NodeKind::string && found->text == name) return &tensor;
  }
  return nullptr;
}

BodyValues read(const SampledBody& body, std::string_view key, const std::vector<model::Tensor>& tensors) {
  const document::Document document = document::parse_json({.path = "body", .text = std::string(body.view())});
  const Node* list = document.is_sound() ? document.root()->find(key) : nullptr;
  if (list == nullptr || list->kind != NodeKind::list) return std::nullopt;
  std::vector<ColumnValues> columns;
  for (const model::Tensor& tensor : tensors) {
    ColumnValues& column = columns.emplace_back(ColumnValues{.tensor = &tensor, .values = {}});
    const Node* found = find_tensor(*list, tensor.name);
    const Node* data = found != nullptr ? found->find("data") : nullptr;
    if (data == nullptr || data->kind != NodeKind::list) continue;
    add_values(*data, tensor.datatype, column.values.emplace());
  }
  return columns;
}

}  // namespace

SampleValues values_of(const Sample& sample) {
  if (!sample.interface) return {};
  return {.inputs = read(sample.request, "inputs", sample.interface->inputs), .outputs = read(sample.answer, "outputs", sample.interface->outputs)};
}

}  // namespace mops::gateway
