#pragma once

#include "base/diagnostic.h"
#include "base/source.h"
#include "document/node.h"

#include <memory>
#include <vector>

namespace mops::document {

class Arena;

/// A parsed text: owns the text, the tree and what was wrong with it. Movable; nodes stay where they are when it moves.
/// `root()` is nullptr when the text could not be read as a whole; then `findings()` says why. A document with findings of
/// Severity::error may still have a root (duplicate keys: the first one stands), so that the schema can be checked as well.
class Document {
 public:
  Document();
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  [[nodiscard]] const SourceFile& source() const;
  [[nodiscard]] const Node* root() const;
  [[nodiscard]] const std::vector<Diagnostic>& findings() const;
  /// No finding of Severity::error, and a root.
  [[nodiscard]] bool is_sound() const;

 private:
  friend class DocumentBuilder;
  struct Contents;
  std::unique_ptr<Contents> contents_;
};

/// YAML 1.2 core schema, one document. Rules of findings: `yaml/syntax`, `yaml/duplicate-key`, `yaml/encoding`, `yaml/anchor`,
/// `yaml/merge-key`, `yaml/several-documents`, `yaml/key-type`, `yaml/tag`, `yaml/too-deep`.
/// A text without a value (empty, comments only) is null at its begin. An alias is a copy of what it names, with the place of
/// the alias; what is below it is shared and keeps its own place. `<<` entries are dropped, keys of another kind become text.
Document parse_yaml(SourceFile source);

/// Strict RFC 8259 JSON in UTF-8. Rules of findings: `json/syntax`, `json/duplicate-key`, `json/encoding`, `json/too-deep`.
Document parse_json(SourceFile source);

/// By the end of the path: `.json`, `.yaml` or `.yml`. Else by the text: what begins with a bracket and is sound JSON, else YAML;
/// where it is neither, the findings are those of JSON.
Document parse(SourceFile source);

}  // namespace mops::document
