#include "policy/inspection.h"

#include "base/text.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {

using document::Document;
using document::Node;
using document::NodeKind;

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
  if (request.root() == nullptr || declared == nullptr) return {};
  const Node* sent = request.root()->find("inputs");
  if (sent == nullptr || sent->kind != NodeKind::list) {
    inspection.add("request/mismatch", request, *request.root(), "the example request has no list `inputs`",
                   "see the Open Inference Protocol v2: `{\"inputs\": [{\"name\": ...}]}`");
    return {};
  }
  std::vector<std::string> known;
  std::vector<std::string> named;
  for (const Node& tensor : declared->items) known.push_back(text_below(tensor, "name"));
  for (const Node& tensor : sent->items) {
    const Node* name = tensor.find("name");
    if (name == nullptr || name->kind != NodeKind::string) {
      inspection.add("request/mismatch", request, tensor, "an input of the example request has no `name`");
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
    if (datatype == nullptr || datatype->text != expected)
      inspection.add("request/mismatch", request, datatype == nullptr ? *name : *datatype,
                     fmt::format("found {} for `{}`, expected `{}`",
                                 datatype == nullptr ? "no datatype" : fmt::format("datatype `{}`", datatype->text), name->text, expected));
  }
  for (const Node& tensor : declared->items) {
    const std::string name = text_below(tensor, "name");
    const Node* nullable = tensor.find("nullable");
    if (name.empty() || (nullable != nullptr && nullable->boolean) || std::find(named.begin(), named.end(), name) != named.end()) continue;
    inspection.add("request/mismatch", request, *sent, fmt::format("the example request has no input `{}`", name));
  }
  return {};
}

}  // namespace mops::policy
