#pragma once

#include "document/document.h"

#include <string_view>

namespace mops::fuzz {

/// Ends the process with the message, which libFuzzer reports as a finding.
[[noreturn]] void fail(std::string_view what);
inline void expect(bool holds, std::string_view what) {
  if (!holds) fail(what);
}

/// Counts lines and columns anew: every place of a tree and of findings is where it says, children lie inside their parents in
/// order, keys are unique; a document without a root has a finding.
void check_places(const document::Document& document);
/// The same for findings alone, about `text`.
void check_findings(std::string_view text, const std::vector<Diagnostic>& findings);

/// Values of a tree when aliases are followed, at most `limit`.
size_t count_values(const document::Node& node, size_t limit);
/// Texts with characters that writers replace (U+FFFF, U+FDD0 and the like).
bool has_noncharacters(const document::Node& node);

}  // namespace mops::fuzz
