#pragma once

#include "cli/table.h"
#include "comparison/comparison.h"

#include <string>
#include <vector>

namespace mops::cli {

/// A part of a comparison as people read it, in text or Markdown.
struct ComparisonBlock {
  std::string title;
  std::vector<std::string> lines;               ///< above the table
  std::vector<std::string> headings;            ///< empty: there is no table
  std::vector<Table::Align> alignment;
  std::vector<std::vector<Table::Cell>> rows;
  std::vector<std::string> remarks;             ///< below it
};

/// Only what differs, and what could not be compared; the interface always.
std::vector<ComparisonBlock> blocks_of(const comparison::Comparison& comparison, const comparison::Snapshot& before, const comparison::Snapshot& after);

std::string to_text(const std::vector<ComparisonBlock>& blocks, const Console& console);
/// For a comment on a pull request.
std::string to_markdown(const std::vector<ComparisonBlock>& blocks);

}  // namespace mops::cli
