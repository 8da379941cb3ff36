#include "tensor/csv_table.h"

#include "tensor/cell_error.h"

namespace mops::tensor {

Result<Labels> CsvTable::labels(size_t column, const LabelLimit& limit) const {
  LabelWriter labels(rows(), limit);
  for (size_t row = 0; row < rows(); ++row) {
    const std::string_view text = dataset_.cell(row, column);
    if (text.empty()) return cell_error(*this, row, column, "a value is missing");
    if (!labels.add(text)) return too_many_labels(*this, column, limit);
  }
  return std::move(labels).finish();
}

}  // namespace mops::tensor
