#pragma once

#include "tensor/dataset.h"
#include "tensor/table.h"

namespace mops::tensor {

/// A CSV data set by its columns.
class CsvTable final : public Table {
 public:
  explicit CsvTable(Dataset dataset) : dataset_(std::move(dataset)) {}

  [[nodiscard]] const std::string& path() const override { return dataset_.path(); }
  [[nodiscard]] const std::vector<std::string>& names() const override { return dataset_.names(); }
  [[nodiscard]] size_t rows() const override { return dataset_.rows(); }
  [[nodiscard]] Result<std::vector<double>> numbers(size_t column) const override { return dataset_.numbers(names()[column]); }
  [[nodiscard]] Result<Labels> labels(size_t column, const LabelLimit& limit) const override;
  [[nodiscard]] std::string place(size_t row, size_t column) const override { return dataset_.place(row, column); }

 private:
  Dataset dataset_;
};

}  // namespace mops::tensor
