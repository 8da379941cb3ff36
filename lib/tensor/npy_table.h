#pragma once

#include "base/mapped_file.h"
#include "tensor/npy_header.h"
#include "tensor/table.h"

namespace mops::tensor {

/// A memory-mapped `.npy` file of records with named fields; only the fields that are asked for are read. Pickled objects are
/// refused by the header alone.
class NpyTable final : public Table {
 public:
  /// Error: invalid (NpyHeader::parse).
  static Result<NpyTable> parse(std::string path, MappedFile file);

  [[nodiscard]] const std::string& path() const override { return path_; }
  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] size_t rows() const override { return header_.rows; }
  [[nodiscard]] Result<std::vector<double>> numbers(size_t column) const override;
  [[nodiscard]] Result<Labels> labels(size_t column, const LabelLimit& limit) const override;
  [[nodiscard]] std::string place(size_t row, size_t column) const override;

 private:
  NpyTable(std::string path, MappedFile file) : path_(std::move(path)), file_(std::move(file)) {}

  [[nodiscard]] const char* begin_of(const NpyField& field) const { return file_.bytes().data() + header_.data_begin + field.offset; }
  template <typename Number>
  [[nodiscard]] std::vector<double> converted(const NpyField& field) const;
  template <typename Number>
  [[nodiscard]] Result<Labels> whole_labels(size_t column, const LabelLimit& limit) const;
  [[nodiscard]] Result<Labels> floating_labels(size_t column, const LabelLimit& limit) const;
  [[nodiscard]] Result<Labels> text_labels(size_t column, const LabelLimit& limit) const;

  std::string path_;
  MappedFile file_;
  NpyHeader header_;
  std::vector<std::string> names_;
};

}  // namespace mops::tensor
