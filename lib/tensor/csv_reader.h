#pragma once

#include "tensor/dataset.h"

namespace mops::tensor {

/// Fills a Dataset from its text (Dataset::parse). Used once.
class CsvReader {
 public:
  explicit CsvReader(Dataset& dataset) : data_(dataset), text_(dataset.text_) {}
  Result<void> read();

 private:
  Result<void> refuse_encodings();
  Result<void> read_header();
  Result<void> read_row();
  /// Reads one field and stops at its separator, line end or the end.
  Result<Dataset::Cell> read_field();
  Result<Dataset::Cell> read_quoted_field();
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] bool at_line_end() const;
  void skip_line_end();
  /// True if nothing but line ends follows.
  [[nodiscard]] bool only_empty_lines_follow() const;
  [[nodiscard]] tl::unexpected<Error> refuse(uint32_t line, std::string_view problem, std::string help = {}) const;

  Dataset& data_;
  const std::string& text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
};

}  // namespace mops::tensor
