#pragma once

#include "base/result.h"
#include "tensor/column.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::tensor {

/// A data set as CSV (RFC 4180): comma, a header row, quotes with `""` inside, line ends CRLF or LF (also inside quotes),
/// UTF-8 with or without a mark at its begin, below 4 GiB. An empty field, quoted or not, is a missing value. Empty lines
/// at the end are no rows; anywhere else they are refused. Owns the text; cells are views into it.
class Dataset {
 public:
  /// `path` is what messages call the file. Error: invalid, `path:line: …`, the first one.
  static Result<Dataset> parse(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// The columns' names in the order of the file: unique, none empty.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] size_t rows() const { return rows_.size(); }

  /// The index of a column. Error: not_found, with the nearest name.
  [[nodiscard]] Result<size_t> column(std::string_view name) const;
  /// The text of a cell without its quotes; empty: missing. Requires both to exist.
  [[nodiscard]] std::string_view cell(size_t row, size_t column) const;
  /// The row as it is in the file, quotes and all, without its line end: the key of a row.
  [[nodiscard]] std::string_view raw(size_t row) const;
  /// The line of the file, from 1, in which a row begins.
  [[nodiscard]] uint64_t line(size_t row) const { return rows_[row].line; }
  /// `path:line:col` of a cell.
  [[nodiscard]] std::string place(size_t row, size_t column) const;

  /// A cell as a value of the tensor: spaces around numbers are fine, integers may be written `3.0` (as tables with missing
  /// values do), booleans are `true`, `True`, `TRUE`, `1` and their contraries. Error: invalid, `path:line:col: column `x`: …`
  /// also for what the tensor does not allow (problem_of).
  [[nodiscard]] Result<Scalar> value(size_t row, size_t column, const model::Tensor& tensor) const;
  /// All values of the column with the tensor's name. Errors as `column` and `value`; usage for a tensor with more than
  /// one value a row.
  [[nodiscard]] Result<Column> values(const model::Tensor& tensor) const;
  /// All values of a column as numbers, none missing. Error: not_found, invalid.
  [[nodiscard]] Result<std::vector<double>> numbers(std::string_view name) const;

 private:
  friend class CsvReader;
  struct Cell {
    uint32_t offset = 0;
    uint32_t length = 0;
    bool unescaped = false;  ///< in `unescaped_`, since it holds doubled quotes in the file
  };
  struct Row {
    uint32_t begin = 0;
    uint32_t end = 0;
    uint32_t line = 0;
  };

  [[nodiscard]] tl::unexpected<Error> refuse(size_t row, size_t column, std::string_view problem, std::string help = {}) const;

  std::string path_;
  std::string text_;
  std::string unescaped_;
  std::vector<std::string> names_;
  std::vector<Cell> cells_;  ///< row by row
  std::vector<Row> rows_;
};

}  // namespace mops::tensor
