#include "certify/metadata.h"

#include "base/text.h"
#include "document/document.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::certify {
namespace {

using document::Node;
using document::NodeKind;

/// What a server wrote, shortened, for a message.
std::string shown(const Node* node) {
  if (node == nullptr) return "nothing";
  if (node->kind == NodeKind::list || node->kind == NodeKind::map) return std::string(document::kind_name(node->kind));
  const std::string_view start = std::string_view(node->text).substr(0, 60);
  return fmt::format("`{}`", start.substr(0, find_invalid_utf8(start).value_or(start.size())));
}

bool is_text(const Node* node, std::string_view text) { return node != nullptr && node->kind == NodeKind::string && node->text == text; }

std::string shape_of(const Node* node) {
  if (node == nullptr || node->kind != NodeKind::list) return shown(node);
  std::vector<std::string> lengths;
  for (const Node& length : node->items) lengths.emplace_back(length.kind == NodeKind::integer ? std::string(length.text) : shown(&length));
  return fmt::format("[{}]", fmt::join(lengths, ", "));
}

class Side {
 public:
  Side(std::string_view word, std::vector<std::string>& differences) : word_(word), differences_(differences) {}

  void compare(const Node* found, const std::vector<model::Tensor>& declared) {
    if (found == nullptr || found->kind != NodeKind::list) {
      differences_.push_back(fmt::format("`{}s` is {}, expected a list", word_, found == nullptr ? "missing" : shown(found)));
      return;
    }
    for (const model::Tensor& tensor : declared) compare_tensor(*found, tensor);
    for (const Node& item : found->items) {
      const Node* name = item.find("name");
      const bool known = std::any_of(declared.begin(), declared.end(), [&](const model::Tensor& tensor) { return is_text(name, tensor.name); });
      if (!known) differences_.push_back(fmt::format("{} {} is not in mops.yaml", word_, shown(name)));
    }
  }

 private:
  void compare_tensor(const Node& list, const model::Tensor& tensor) {
    const auto found = std::find_if(list.items.begin(), list.items.end(), [&](const Node& item) { return is_text(item.find("name"), tensor.name); });
    if (found == list.items.end()) {
      differences_.push_back(fmt::format("{} `{}` is missing", word_, tensor.name));
      return;
    }
    const Node* datatype = found->find("datatype");
    if (!is_text(datatype, model::to_string(tensor.datatype)))
      differences_.push_back(fmt::format("{} `{}`: found datatype {}, expected `{}`", word_, tensor.name, shown(datatype), model::to_string(tensor.datatype)));
    const std::string expected = fmt::format("[{}]", fmt::join(tensor.shape, ", "));
    if (const std::string shape = shape_of(found->find("shape")); shape != expected)
      differences_.push_back(fmt::format("{} `{}`: found shape {}, expected {}", word_, tensor.name, shape, expected));
  }

  std::string_view word_;
  std::vector<std::string>& differences_;
};

}  // namespace

std::vector<std::string> differences_of_metadata(std::string body, std::string_view model, const model::Interface& interface) {
  const auto document = document::parse_json({.path = "metadata", .text = std::move(body)});
  if (!document.is_sound() || document.root()->kind != NodeKind::map) return {"it is not a JSON object"};
  const Node& root = *document.root();
  std::vector<std::string> differences;
  if (const Node* name = root.find("name"); !is_text(name, model)) differences.push_back(fmt::format("found name {}, expected `{}`", shown(name), model));
  Side("input", differences).compare(root.find("inputs"), interface.inputs);
  Side("output", differences).compare(root.find("outputs"), interface.outputs);
  return differences;
}

}  // namespace mops::certify
