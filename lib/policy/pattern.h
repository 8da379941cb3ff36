#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace mops::policy {

enum class PatternSpeed { one_document, many_documents };  ///< many: compiled to machine code where that is possible
enum class Match { yes, no, gave_up };

/// Memory for matching, one per thread.
class PatternScratch {
 public:
  PatternScratch();
  ~PatternScratch();
  PatternScratch(const PatternScratch&) = delete;
  PatternScratch& operator=(const PatternScratch&) = delete;

 private:
  friend class Pattern;
  struct State;
  std::unique_ptr<State> state_;
};

/// A regular expression of ECMA-262 with the `u` flag, as JSON Schema wants it. Immutable, safe from any thread.
class Pattern {
 public:
  /// Error: invalid, with the reason and the place in the expression.
  static Result<Pattern> compile(std::string_view expression, PatternSpeed speed = PatternSpeed::one_document);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// Whether it matches anywhere in `text` (UTF-8). `gave_up`: more than a million steps.
  [[nodiscard]] Match search(std::string_view text, PatternScratch& scratch) const;

 private:
  struct Code;
  explicit Pattern(std::unique_ptr<Code> code);
  std::unique_ptr<Code> code_;
};

}  // namespace mops::policy
