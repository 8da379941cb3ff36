#include "policy/inspection.h"

#include "base/text.h"
#include "policy/front_matter.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

const Section* find_section(const std::vector<Section>& sections, std::string_view title) {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [&](const Section& section) { return lower(section.title) == lower(title); });
  return found == sections.end() ? nullptr : &*found;
}

}  // namespace

Result<void> inspect_card(Inspection& inspection) {
  std::vector<Section> sections;
  if (!inspection.has_file(k_card_path)) {
    inspection.add("card/missing", k_card_path, std::nullopt, "there is no `model-card.md`",
                   "say what the model is for, what it was trained on and where it fails");
  } else {
    MOPS_ASSIGN(const SourceFile card, inspection.read(k_card_path));
    if (const auto front_matter = parse_front_matter(card))
      inspection.adopt(inspection.policy().check_document(DocumentKind::card, *front_matter));
    else
      inspection.add("card/no-front-matter", k_card_path, Span(), "the card begins with no front matter",
                     "put the fields of a Hugging Face model card between two lines `---`");
    sections = find_sections(card);
    for (const std::string& title : inspection.policy().file().card_sections) {
      const Section* section = find_section(sections, title);
      if (section == nullptr)
        inspection.add("card/missing-section", k_card_path, std::nullopt, fmt::format("there is no section `{}`", title),
                       fmt::format("add `## {}`", title));
      else if (section->is_empty)
        inspection.add("card/missing-section", k_card_path, section->span, fmt::format("the section `{}` is empty", section->title));
    }
  }
  const Section* procedure = find_section(sections, "Upgrade and downgrade");
  if (!inspection.has_file(k_procedure_path) && (procedure == nullptr || procedure->is_empty))
    inspection.add("procedure/missing", k_procedure_path, std::nullopt, "there is no procedure for upgrade and downgrade",
                   "write `docs/upgrade-and-downgrade.md`, or `## Upgrade and downgrade` in `model-card.md`");
  return {};
}

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
