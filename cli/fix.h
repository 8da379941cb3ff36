#pragma once

#include "base/diagnostic.h"
#include "base/result.h"
#include "cli/env.h"

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
  [[nodiscard]] std::string sentences(FixMode mode) const;
  FixReport& operator+=(FixReport other);
};

/// Makes the fixes that findings carry, in the files on the disk that their paths name from where the user stands: each file whole
/// or not at all, with its mode. What is not on the disk (a sparse checkout hides it) keeps its findings. Errors: outside.
Result<FixReport> fix_files(Env& env, std::span<const Diagnostic> findings, FixMode mode);

/// How many findings carry a fix.
size_t count_fixable(std::span<const Diagnostic> findings);

}  // namespace mops::cli
