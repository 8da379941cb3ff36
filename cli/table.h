#pragma once

#include "cli/console.h"

#include <string>
#include <vector>

namespace mops::cli {

/// Columns for people, aligned by display width. The last column is never padded.
class Table {
 public:
  enum class Align { left, right };
  struct Cell {
    std::string text;
    Colour colour = Colour::plain;
  };

  /// One heading per column; all rows have as many cells.
  explicit Table(std::vector<std::string> headings, std::vector<Align> alignment = {});
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Lines with newline, headings first, coloured for standard output.
  [[nodiscard]] std::string render(const Console& console) const;

 private:
  std::vector<std::string> headings_;
  std::vector<Align> alignment_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace mops::cli
