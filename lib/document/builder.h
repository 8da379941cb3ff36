#pragma once

#include "document/arena.h"
#include "document/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::document {

/// Nesting beyond this is refused: recursion over a tree is safe everywhere.
inline constexpr size_t k_deepest = 1000;

struct Document::Contents {
  SourceFile source;
  Arena arena;
  std::optional<Node> root;
  std::vector<Diagnostic> findings;
};

/// What a node amounts to when its aliases are followed.
struct Extent {
  uint64_t weight = 1;  ///< values, and one for every 32 bytes of text
  size_t height = 0;    ///< nested lists and maps, itself included
};

struct Built {
  Node node;
  Extent extent;
};

/// Puts the values of one text together into a Document; shared by the readers of YAML and JSON. Keys and values of a map are
/// added in turn.
class DocumentBuilder {
 public:
  /// `language` is the first part of the rule ids: "yaml".
  DocumentBuilder(SourceFile source, std::string_view language);

  [[nodiscard]] std::string_view text() const { return contents_->source.text; }
  [[nodiscard]] std::string_view keep(std::string_view text) { return contents_->arena.keep(text); }
  [[nodiscard]] size_t depth() const { return frames_.size(); }

  /// Further findings are not kept: for loops in which even wording them would cost too much.
  [[nodiscard]] bool has_enough_findings() const;
  /// The finding stays with the builder; complete it through the reference before the next call.
  Diagnostic& report(std::string_view rule, Span span, std::string message, std::string help = {});
  Label label(Span span, std::string message) const;

  void add(const Node& node, Extent extent = {});
  /// Begins a list or a map; false (and a finding): too deep.
  [[nodiscard]] bool open(const Node& head);
  /// Ends the list or map opened last, at `end`, or with its last child, and adds it to the one around it.
  Built close(std::optional<Position> end);

  /// Whether what is added next is a key of a map.
  [[nodiscard]] bool expects_key() const;

  /// Forgets everything but the text.
  void restart();

  /// The document with what was added as its root.
  Document finish() &&;
  /// The document without a root.
  Document give_up() &&;

 private:
  struct Frame {
    Node head;
    size_t first_child = 0;
    Extent extent;
  };

  std::span<const Entry> make_entries(std::span<Node> children);
  bool accept_key(Node& key);
  std::span<const Entry> without_duplicates(std::span<Entry> entries);
  void report_duplicate(const Node& first, const Node& second);

  std::unique_ptr<Document::Contents> contents_;
  std::string language_;
  std::vector<Frame> frames_;
  std::vector<Node> children_;
  Diagnostic dropped_;
};

/// The user's words between backticks, cut when they are long, on one line.
std::string in_backticks(std::string_view text);

}  // namespace mops::document
