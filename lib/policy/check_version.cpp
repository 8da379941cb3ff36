#include "policy/check_version.h"

#include "policy/bump.h"

#include <algorithm>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;

std::optional<model::Manifest> read(const Document& document) {
  auto manifest = model::read_manifest(document);
  return manifest ? std::optional(*std::move(manifest)) : std::nullopt;
}

/// The tensor that a change is about, or the list that it is gone from.
const Node* place_of(const Document& manifest, const model::InterfaceChange& change) {
  if (change.place == model::ChangePlace::service) return find_below(manifest.root(), {change.kind == model::ChangeKind::url ? std::string_view("serving") : std::string_view("task")});
  const Node* tensors = find_below(manifest.root(), {"interface", change.place == model::ChangePlace::input ? "inputs" : "outputs"});
  if (tensors == nullptr) return nullptr;
  const auto found = std::find_if(tensors->items.begin(), tensors->items.end(), [&](const Node& tensor) { return text_below(tensor, "name") == change.name; });
  return found == tensors->items.end() ? tensors : &*found;
}

}  // namespace

ReleaseCheck::ReleaseCheck(Inspection& inspection, const Document* manifest) : inspection_(inspection), document_(manifest) {
  if (manifest != nullptr && manifest->root() != nullptr) manifest_ = read(*manifest);
}

const std::vector<model::Version>& ReleaseCheck::versions() {
  if (!versions_) versions_ = manifest_ ? inspection_.released_versions(manifest_->name) : std::vector<model::Version>();
  return *versions_;
}

const ReleaseCheck::Release* ReleaseCheck::find(const model::Version& version) {
  if (std::find(versions().begin(), versions().end(), version) == versions().end()) return nullptr;
  const auto [at, is_new] = releases_.try_emplace(version);
  if (is_new) {
    if (const auto released = inspection_.released(manifest_->name, version))
      at->second = Release{.manifest = read(document::parse_yaml({.path = k_manifest_path, .text = released->manifest})), .certificate = released->certificate};
  }
  return at->second ? &*at->second : nullptr;
}

std::optional<Digest> ReleaseCheck::certificate_of(const model::Version& version) {
  const Release* release = find(version);
  return release == nullptr ? std::nullopt : release->certificate;
}

std::optional<model::InterfaceComparison> ReleaseCheck::compare(const model::Version& from, const model::Version& to, bool to_is_newest) {
  const Release* before = find(from);
  const Release* after = find(to);
  const std::optional<model::Manifest>* now = after != nullptr ? &after->manifest : to_is_newest ? &manifest_ : nullptr;
  if (before == nullptr || !before->manifest || now == nullptr || !*now) return std::nullopt;
  return compare_interfaces(*before->manifest, **now);
}

void ReleaseCheck::check_step(const model::Version& version, const Document& notes, const Node& place) {
  if (std::find(versions().begin(), versions().end(), version) != versions().end()) return;
  const model::Version* before = newest_below(versions(), version);
  if (before == nullptr) return;
  const auto change = compare(*before, version, true);
  if (!change) return;
  const auto finding = check_bump(*before, version, *change);
  if (!finding) return;
  inspection_.add(finding->rule, notes, place, finding->message, finding->help);
  const model::InterfaceChange& reason = *change->decisive_change();
  if (const Node* there = place_of(*document_, reason)) inspection_.add_label(*document_, *there, reason.sentence);
}

}  // namespace mops::policy
