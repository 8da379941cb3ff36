#pragma once

#include "base/diagnostic.h"
#include "base/result.h"
#include "cli/env.h"
#include "cli/option.h"

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::cli {

/// `text` with each span replaced; every byte outside of them stays. Of fixes that overlap, the first in the file is taken.
struct FixedText {
  std::string text;
  size_t fixes = 0;
};
FixedText apply_fixes(std::string_view text, std::span<const Fix> fixes);

enum class FixMode {
  write,
  show,  ///< only say what would be written
};

struct FixReport {
  size_t fixes = 0;
  std::set<std::string> files;
  std::string diff;                     ///< of FixMode::show, as `patch -p1` takes it
  std::vector<std::string> left_alone;  ///< files with fixes that were not made, and why

  /// "fixed 2 findings in 1 file" and what was left alone, a line each; empty when there was nothing to fix.
  [[nodiscard]] std::string sentences(std::optional<FixMode> mode) const;
  FixReport& operator+=(FixReport other);
};

/// Makes the fixes that findings carry, in the files on the disk that their paths name from where the user stands: each file whole
/// or not at all, with its mode. What is not on the disk (a sparse checkout hides it) keeps its findings. Errors: outside.
Result<FixReport> fix_files(Env& env, std::span<const Diagnostic> findings, FixMode mode);

/// Asks `look` for findings, fixes them and asks again, until nothing is left that a fix changes: a fixed value may let a schema see
/// others. Without a mode it only looks. What `look` was asked for last is what is left.
using Look = std::function<Result<std::span<const Diagnostic>>()>;
Result<FixReport> fix_and_look(Env& env, std::optional<FixMode> mode, const Look& look);

/// The words `--fix` and `--dry-run` of a verb that prints findings.
struct FixWords {
  bool fix = false;
  bool dry_run = false;

  [[nodiscard]] std::optional<FixMode> mode() const;
  /// The two options, to be put among those of the verb.
  std::vector<Option> options();
  /// Error: usage. `format` is the value of the verb's `--format`.
  [[nodiscard]] Result<void> check(std::string_view format) const;
};

/// How many findings carry a fix.
size_t count_fixable(std::span<const Diagnostic> findings);

}  // namespace mops::cli
