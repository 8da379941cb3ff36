#pragma once

#include "base/source.h"

#include <optional>
#include <string>
#include <vector>

namespace mops {

enum class Severity { error, warning, note };

/// A place in one file. Without a span it is about the file as a whole (or its absence).
struct Location {
  std::string path;
  std::optional<Span> span;
};

/// A second place that explains the first ("`x` is first defined here").
struct Label {
  Location location;
  std::string message;
};

/// Replace the bytes of `span` in `path` by `text`; everything else stays as it was.
struct Fix {
  std::string path;
  Span span;
  std::string text;
};

/// A problem in the user's files: many at a time, none stops the others. `rule` is a stable id such as
/// `notes/version-mismatch`. Message and help are lower case, without a full stop, with backticks round the user's words.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string rule;
  std::string message;
  Location location;
  std::vector<Label> labels = {};
  std::string help = {};
  std::optional<Fix> fix = {};
};

/// Orders by path, then position, then rule: the order in which findings are shown.
bool shown_before(const Diagnostic& a, const Diagnostic& b);

}  // namespace mops
