#include "policy/reference.h"

namespace mops::policy {

using document::Node;
using document::NodeKind;

std::optional<Reference> read_reference(const document::Document& manifest) {
  const document::Entry* policy = manifest.root() == nullptr ? nullptr : manifest.root()->find_entry("policy");
  if (policy == nullptr) return std::nullopt;
  const auto text = [&](std::string_view key) {
    const Node* value = policy->value.find(key);
    return value == nullptr || value->kind != NodeKind::string ? std::string() : std::string(value->text);
  };
  Reference reference{.git = text("git"), .revision = text("revision"), .folder = text("folder"), .digest = {}, .span = policy->key.span, .digest_span = policy->key.span};
  if (reference.git.empty() && reference.folder.empty()) return std::nullopt;
  if (const Node* digest = policy->value.find("digest")) {
    if (const auto parsed = Digest::parse(digest->text)) reference.digest = *parsed;
    reference.digest_span = digest->span;
  }
  if (!reference.git.empty() && (reference.revision.empty() || !reference.digest)) return std::nullopt;
  return reference;
}

}  // namespace mops::policy
