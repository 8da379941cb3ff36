#include "policy/inspection.h"

#include "base/text.h"
#include "model/interface.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {

using document::Document;
using document::Node;
using document::NodeKind;

namespace {

/// How many values a shape has; nullopt when it is none.
std::optional<uint64_t> rows_times_width(const Node* shape) {
  if (shape == nullptr || shape->kind != NodeKind::list || shape->items.empty()) return std::nullopt;
  constexpr int64_t k_most = 1 << 20;
  uint64_t count = 1;
  for (const Node& size : shape->items) {
    if (size.kind != NodeKind::integer || !size.integer_fits || size.integer < 0 || size.integer > k_most || count > k_most) return std::nullopt;
    count *= static_cast<uint64_t>(size.integer);
  }
  return count;
}

/// Data may be flat or nested as its shape is.
uint64_t count_values(const Node& data) {
  if (data.kind != NodeKind::list) return 1;
  uint64_t count = 0;
  for (const Node& item : data.items) count += count_values(item);
  return count;
}

}  // namespace

Result<void> inspect_request(Inspection& inspection, const Document& manifest) {
  if (!inspection.has_file(k_request_path)) {
    inspection.add("request/missing", k_request_path, std::nullopt, "there is no example request",
                   "write the body of a request that the model answers");
    return {};
  }
  MOPS_ASSIGN(SourceFile source, inspection.read(k_request_path));
  const Document request = document::parse_json(std::move(source));
  inspection.adopt(request.findings());
  const Node* declared = find_below(manifest.root(), {"interface", "inputs"});
  if (request.root() == nullptr || declared == nullptr || declared->kind != NodeKind::list) return {};
  const Node* sent = request.root()->find("inputs");
  if (sent == nullptr || sent->kind != NodeKind::list) {
    inspection.add("request/mismatch", request, sent == nullptr ? *request.root() : *sent, "the example request has no list `inputs`",
                   "see the Open Inference Protocol v2: `{\"inputs\": [{\"name\": ...}]}`");
    return {};
  }
  std::vector<std::string> known;
  std::vector<std::string> named;
  for (const Node& tensor : declared->items) {
    known.push_back(text_below(tensor, "name"));
    // Held against half an interface a request is not judged.
    if (known.back().empty()) return {};
  }
  for (const Node& tensor : sent->items) {
    const Node* name = tensor.find("name");
    if (name == nullptr || name->kind != NodeKind::string) {
      inspection.add("request/mismatch", request, tensor, "an input of the example request has no `name`", fmt::format("the inputs of the model are {}", quoted_list(known, "and")));
      continue;
    }
    named.emplace_back(name->text);
    const auto at = std::find(known.begin(), known.end(), name->text);
    if (at == known.end()) {
      inspection.add("request/mismatch", request, *name, fmt::format("`{}` is not an input of the model", name->text),
                     suggestion(name->text, known, fmt::format("its inputs are {}", quoted_list(known, "and"))));
      continue;
    }
    const std::string expected = text_below(declared->items[static_cast<size_t>(at - known.begin())], "datatype");
    const Node* datatype = tensor.find("datatype");
    if (model::parse_datatype(expected) && (datatype == nullptr || datatype->text != expected))
      inspection.add("request/mismatch", request, datatype == nullptr ? *name : *datatype,
                     fmt::format("found {} for `{}`, expected `{}`",
                                 datatype == nullptr ? "no datatype" : fmt::format("datatype `{}`", datatype->text), name->text, expected),
                     fmt::format("write `\"datatype\": \"{}\"`, as the manifest has it", expected));
    if (const auto wanted = rows_times_width(tensor.find("shape")))
      if (const Node* data = tensor.find("data"); data != nullptr && data->kind == NodeKind::list && count_values(*data) != *wanted)
        inspection.add("request/mismatch", request, *data, fmt::format("found {} {} for `{}`, its shape has {}", count_values(*data), count_values(*data) == 1 ? "value" : "values", name->text, *wanted),
                       "correct `shape` or `data`");
  }
  for (const Node& tensor : declared->items) {
    const std::string name = text_below(tensor, "name");
    const Node* nullable = tensor.find("nullable");
    if ((nullable != nullptr && (nullable->boolean || nullable->kind != NodeKind::boolean)) || std::find(named.begin(), named.end(), name) != named.end()) continue;
    inspection.add("request/mismatch", request, *sent, fmt::format("the example request has no input `{}`", name), "send it, or say `nullable: true` in the manifest");
  }
  return {};
}

}  // namespace mops::policy
