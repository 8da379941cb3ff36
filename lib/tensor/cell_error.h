#pragma once

#include "tensor/table.h"

namespace mops::tensor {

/// `data.csv:3:7: column `x`: a value is missing`.
[[nodiscard]] inline tl::unexpected<Error> cell_error(const Table& table, size_t row, size_t column, std::string_view problem, std::string help = {}) {
  return fail(ErrorCode::invalid, fmt::format("{}: column `{}`: {}", table.place(row, column), table.names()[column], problem), std::move(help));
}

[[nodiscard]] inline tl::unexpected<Error> too_many_labels(const Table& table, size_t column, const LabelLimit& limit) {
  return fail(ErrorCode::invalid, fmt::format("{}: column `{}` has more than {} {}", table.path(), table.names()[column], limit.most, limit.what), std::string(limit.help));
}

}  // namespace mops::tensor
