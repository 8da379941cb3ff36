#pragma once

#include "tensor/table.h"

namespace mops::tensor {

/// JSON Lines: one object a line, empty lines between them are none. Columns are all keys of all lines; a key that a line does
/// not have, or has as `null`, is a missing value. Lists and objects are in nobody's way until their column is asked for.
class JsonLines final : public Table {
 public:
  /// Error: invalid, `path:line:col: …`, the first one.
  static Result<JsonLines> parse(std::string path, std::string_view text);

  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] size_t rows() const override { return lines_.size(); }
  [[nodiscard]] Result<std::vector<double>> numbers(size_t column) const override;
  [[nodiscard]] Result<Labels> labels(size_t column, const LabelLimit& limit) const override;
  [[nodiscard]] std::string place(size_t row, size_t column) const override;

 private:
  enum class Kind : uint8_t { missing, boolean, number, text, nested };
  struct Cell {
    std::string text;  ///< as written; a string without its quotes and escapes
    double number = 0;
    uint32_t column = 1;
    Kind kind = Kind::missing;
  };

  Result<void> add_line(uint64_t line, std::string_view text);
  [[nodiscard]] const Cell& cell(size_t row, size_t column) const;

  std::string path_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, size_t> index_;
  std::vector<std::vector<Cell>> cells_;  ///< by column; shorter where the last rows lack it
  std::vector<uint64_t> lines_;           ///< of the file, from 1
};

}  // namespace mops::tensor
