#include "document/document.h"

#include "document/builder.h"
#include "document/encoding.h"

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
  if (source.path.ends_with(".json")) return parse_json(std::move(source));
  const size_t first = source.text.find_first_not_of(" \t\r\n", source.text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0);
  const bool has_bracket = first != std::string::npos && (source.text[first] == '{' || source.text[first] == '[');
  if (!has_bracket || source.path.ends_with(".yaml") || source.path.ends_with(".yml")) return parse_yaml(std::move(source));
  Document json = parse_json(source);
  if (json.is_sound()) return json;
  Document yaml = parse_yaml(std::move(source));
  return yaml.is_sound() ? std::move(yaml) : std::move(json);
}

}  // namespace mops::document
