#include "document/document.h"

#include "document/builder.h"

#include <algorithm>

namespace mops::document {

Document::Document() : contents_(std::make_unique<Contents>()) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

const SourceFile& Document::source() const { return contents_->source; }
const Node* Document::root() const { return contents_->root ? &*contents_->root : nullptr; }
const std::vector<Diagnostic>& Document::findings() const { return contents_->findings; }

bool Document::is_sound() const {
  return contents_->root && std::none_of(contents_->findings.begin(), contents_->findings.end(),
                                         [](const Diagnostic& finding) { return finding.severity == Severity::error; });
}

Document parse(SourceFile source) {
  return source.path.ends_with(".json") ? parse_json(std::move(source)) : parse_yaml(std::move(source));
}

}  // namespace mops::document
