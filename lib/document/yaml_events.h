#pragma once

#include "document/document.h"

#include <memory>
#include <string>
#include <string_view>

namespace mops::document {

enum class EventKind { document_start, alias, scalar, list_start, list_end, map_start, map_end, stream_end };

/// One step through a YAML text. The views are valid until the next one is read. `span` begins at the tag or anchor of a value;
/// the end of a block list or map is empty and somewhere behind its last child.
struct Event {
  EventKind kind = EventKind::stream_end;
  ScalarStyle style = ScalarStyle::plain;
  std::string_view text;    ///< of a scalar
  std::string_view anchor;  ///< `&anchor` of a value, or what an alias names
  std::string_view tag;     ///< resolved: "tag:yaml.org,2002:str"
  bool is_in_brackets = false;  ///< of the start of a list or map: it has brackets, or is a single pair inside brackets
  Span span;
};

struct SyntaxProblem {
  Position place;
  Position context_place;
  std::string problem;  ///< in the words of libyaml: "did not find expected key"
  std::string context;  ///< "while parsing a block mapping", or empty
};

/// The wall around libyaml: its types and its marks, which count characters, stop here.
class YamlEvents {
 public:
  /// `text` without what find_bad_encoding and find_forbidden_in_yaml find; it must outlive this.
  explicit YamlEvents(std::string_view text);
  ~YamlEvents();
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  /// Valid until the next call; nullptr: the text is wrong, see `problem`. Not to be called after that or after stream_end.
  const Event* next();
  [[nodiscard]] const SyntaxProblem& problem() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What parse_yaml makes, by these events alone: parse_yaml takes a shorter way where it can, and is tested against this.
Document parse_yaml_events(SourceFile source);

}  // namespace mops::document
