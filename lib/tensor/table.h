#pragma once

#include "base/file_system.h"
#include "tensor/labels.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mops::tensor {

/// A file of rows and named columns, of which whole columns are read. Errors of columns: invalid, which begin with the place of
/// the first cell that is missing or is not what was asked for.
class Table {
 public:
  virtual ~Table() = default;

  /// What messages call the file.
  [[nodiscard]] virtual const std::string& path() const = 0;
  /// Unique, in the order of the file.
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  [[nodiscard]] virtual size_t rows() const = 0;
  /// Finite numbers. Integers beyond 2^53 become the nearest double; `true` is 1.
  [[nodiscard]] virtual Result<std::vector<double>> numbers(size_t column) const = 0;
  /// Texts, booleans and numbers as classes, at most as many as the limit says; integers of any size are exact.
  [[nodiscard]] virtual Result<Labels> labels(size_t column, const LabelLimit& limit) const = 0;
  /// `data.csv:3:7`, or `data.npy: row 3`.
  [[nodiscard]] virtual std::string place(size_t row, size_t column) const = 0;
};

/// The index of a column. Error: not_found, with the nearest name, or all of them.
[[nodiscard]] Result<size_t> find_column(const std::string& path, const std::vector<std::string>& names, std::string_view name);

/// What ends in `.npy` is mapped (npy_table.h); else a text that begins with `{` is JSON Lines (json_lines.h), any other CSV
/// (dataset.h). `shown`: what messages call the file. Errors: not_found, outside, invalid.
[[nodiscard]] Result<std::unique_ptr<Table>> open_table(FileSystem& files, const Path& path, std::string shown);

}  // namespace mops::tensor
