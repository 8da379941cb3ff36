#include "base/text.h"
#include "evidence/layout.h"
#include "model/notes.h"
#include "model/payload.h"
#include "policy/evidence_finder.h"
#include "policy/front_matter.h"
#include "policy/inspection.h"

#include <fmt/format.h>
#include <algorithm>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;

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

/// The heading that is nearly this title.
const Section* find_slip(const std::vector<Section>& sections, std::string_view title) {
  std::vector<std::string> titles;
  for (const Section& section : sections) titles.push_back(lower(section.title));
  const auto near = nearest(lower(title), titles);
  return near ? find_section(sections, *near) : nullptr;
}

/// A number of `model-index`, as Hugging Face's leaderboards read it.
struct CardNumber {
  std::string name;
  const Node* value;
};

std::vector<CardNumber> numbers_of(const Document& front_matter) {
  std::vector<CardNumber> numbers;
  const auto items = [](const Node* list) { return list == nullptr ? std::span<const Node>() : list->items; };
  for (const Node& model : items(find_below(front_matter.root(), {"model-index"})))
    for (const Node& result : items(model.find("results")))
      for (const Node& metric : items(result.find("metrics")))
        if (const Node* value = metric.find("value"); value != nullptr && value->is_number() && !text_below(metric, "type").empty())
          numbers.push_back({.name = text_below(metric, "type"), .value = value});
  return numbers;
}

Result<Digest> payload_digest(Inspection& inspection) {
  std::vector<model::PayloadFile> files;
  const std::vector<std::string> paths = inspection.paths();
  for (const std::string& path : paths) {
    if (!model::is_payload_path(path)) continue;
    MOPS_ASSIGN(const SourceFile source, inspection.read(path));
    MOPS_ASSIGN(model::PayloadFile file, model::payload_file(path, source.text));
    files.push_back(std::move(file));
  }
  return model::make_payload(std::move(files)).digest();
}

/// Numbers in a card are those of the newest certification of these very files. Before they are certified, nothing proves them yet.
Result<void> inspect_numbers(Inspection& inspection, const Document& front_matter) {
  const std::vector<CardNumber> numbers = numbers_of(front_matter);
  if (numbers.empty()) return {};
  const auto payload = payload_digest(inspection);
  std::string newest;
  if (payload)
    for (const std::string& path : inspection.paths())
      if (evidence::is_certification_path(path) && path.starts_with(evidence::certification_folder(*payload))) newest = path;
  if (newest.empty()) {
    for (const CardNumber& number : numbers)
      inspection.add("card/unproven-number", front_matter, *number.value, fmt::format("no certificate of these files has measured `{}` yet", number.name),
                     "`mops certify` measures it; a card with other numbers is another payload");
    return {};
  }
  EvidenceFinder evidence(inspection);
  MOPS_ASSIGN(const EvidenceFinder::Found* const found, evidence.find_at(newest));
  if (!found->certificate) return {};
  for (const CardNumber& number : numbers) {
    const auto measured = found->certificate->metrics.find(number.name);
    if (measured == found->certificate->metrics.end()) {
      std::vector<std::string> known;
      for (const auto& [name, value] : found->certificate->metrics) known.push_back(name);
      inspection.add("card/false-number", front_matter, *number.value, fmt::format("the certificate has no `{}`", number.name),
                     suggestion(number.name, known, "remove it, or set a limit on it under `certification.metrics`, so that it is measured"));
    } else if (!model::equal_at_written_digits(number.value->text, measured->second)) {
      inspection.add("card/false-number", front_matter, *number.value,
                     fmt::format("`{}` says {}, the certificate measured {}", number.name, number.value->text, measured->second),
                     "write what was measured, and certify again: the card is part of the payload");
    }
  }
  return {};
}

}  // namespace

Result<void> inspect_card(Inspection& inspection) {
  std::vector<Section> sections;
  if (!inspection.has_file(k_card_path)) {
    inspection.add("card/missing", k_card_path, std::nullopt, "there is no `model-card.md`",
                   "say what the model is for, what it was trained on and where it fails");
  } else {
    MOPS_ASSIGN(const SourceFile card, inspection.read(k_card_path));
    const auto front_matter = parse_front_matter(card);
    if (front_matter) {
      inspection.adopt(DocumentKind::card, *front_matter);
      MOPS_TRY(inspect_numbers(inspection, *front_matter));
    } else {
      const bool is_open = card.text.starts_with("---\n") || card.text.starts_with("---\r\n");
      inspection.add("card/no-front-matter", k_card_path, Span(), is_open ? "the front matter of the card has no end" : "the card begins with no front matter",
                     is_open ? "close it with a second line `---`" : "put the fields of a Hugging Face model card between two lines `---`");
    }
    sections = find_sections(card);
    for (const std::string& title : inspection.policy().file().card_sections) {
      const Section* section = find_section(sections, title);
      if (section == nullptr) {
        const Section* slip = find_slip(sections, title);
        inspection.add("card/missing-section", k_card_path, slip == nullptr ? std::nullopt : std::optional(slip->span),
                       fmt::format("there is no section `{}`", title),
                       slip == nullptr ? fmt::format("add `## {}`", title) : fmt::format("call `{}` so, if that is it", slip->title));
      } else if (section->is_empty) {
        inspection.add("card/missing-section", k_card_path, section->span, fmt::format("the section `{}` is empty", section->title),
                       "write at least a sentence below it");
      }
    }
  }
  const Section* procedure = find_section(sections, "Upgrade and downgrade");
  if (!inspection.has_file(k_procedure_path) && (procedure == nullptr || procedure->is_empty))
    inspection.add("procedure/missing", k_procedure_path, std::nullopt, "there is no procedure for upgrade and downgrade",
                   "write `docs/upgrade-and-downgrade.md`, or `## Upgrade and downgrade` in `model-card.md`");
  return {};
}

}  // namespace mops::policy
