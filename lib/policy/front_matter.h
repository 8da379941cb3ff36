#pragma once

#include "base/source.h"
#include "document/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

/// The YAML between the first line `---` of a Markdown file and the next one, with places in the Markdown file. nullopt when the
/// file does not begin so, or the second `---` is missing.
std::optional<document::Document> parse_front_matter(const SourceFile& markdown);

/// A heading of Markdown (`## Intended use`) with what is below it up to the next heading of its level or above.
struct Section {
  size_t level = 1;
  std::string title;
  Span span;             ///< of the heading's line
  bool is_empty = true;  ///< nothing but blank lines and headings below it
};

/// The headings of a Markdown file outside of front matter, code fences and HTML comments.
std::vector<Section> find_sections(const SourceFile& markdown);

}  // namespace mops::policy
