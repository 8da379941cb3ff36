#include "tensor/json_lines.h"

#include "base/text.h"
#include "document/document.h"
#include "tensor/cell_error.h"

#include <cmath>

namespace mops::tensor {

Result<JsonLines> JsonLines::parse(std::string path, std::string_view text) {
  JsonLines table;
  table.path_ = std::move(path);
  uint64_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view content = text.substr(begin, end - begin);
    ++line;
    if (!trim(content).empty()) MOPS_TRY(table.add_line(line, content));
    begin = end + 1;
  }
  return table;
}

Result<void> JsonLines::add_line(uint64_t line, std::string_view text) {
  const auto refuse = [&](uint32_t column, std::string_view problem, std::string help = {}) {
    return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: {}", path_, line, column, problem), std::move(help));
  };
  const document::Document document = document::parse_json({.path = path_, .text = std::string(text)});
  if (!document.is_sound()) {
    const Diagnostic& first = document.findings().front();
    return refuse(first.location.span ? first.location.span->begin.column : 1, first.message, first.help);
  }
  const document::Node& root = *document.root();
  if (root.kind != document::NodeKind::map) return refuse(root.span.begin.column, fmt::format("found {}, expected an object", document::kind_name(root.kind)), "each line is one object, `{\"truth\": 1, \"score\": 0.7}`");
  const size_t row = lines_.size();
  lines_.push_back(line);
  for (const document::Entry& entry : root.entries) {
    const auto [found, is_new] = index_.try_emplace(std::string(entry.key.text), names_.size());
    if (is_new) {
      names_.push_back(found->first);
      cells_.emplace_back();
    }
    std::vector<Cell>& column = cells_[found->second];
    column.resize(row + 1);
    const document::Node& value = entry.value;
    Cell cell{.text = std::string(value.text), .number = value.number, .column = value.span.begin.column, .kind = Kind::nested};
    switch (value.kind) {
      case document::NodeKind::null: cell.kind = Kind::missing; break;
      case document::NodeKind::boolean: cell = {.text = value.boolean ? "true" : "false", .number = value.boolean ? 1.0 : 0.0, .column = cell.column, .kind = Kind::boolean}; break;
      case document::NodeKind::integer:
      case document::NodeKind::number: cell.kind = Kind::number; break;
      case document::NodeKind::string: cell.kind = Kind::text; break;
      case document::NodeKind::list:
      case document::NodeKind::map: break;
    }
    column[row] = std::move(cell);
  }
  return {};
}

const JsonLines::Cell& JsonLines::cell(size_t row, size_t column) const {
  static const Cell k_missing;
  return row < cells_[column].size() ? cells_[column][row] : k_missing;
}

Result<std::vector<double>> JsonLines::numbers(size_t column) const {
  std::vector<double> numbers;
  numbers.reserve(rows());
  for (size_t row = 0; row < rows(); ++row) {
    const Cell& here = cell(row, column);
    if (here.kind == Kind::missing) return cell_error(*this, row, column, "a value is missing");
    if (here.kind == Kind::nested) return cell_error(*this, row, column, "found a list or object, expected a number");
    if (here.kind == Kind::text) return cell_error(*this, row, column, fmt::format("found the text `{}`, expected a number", here.text), "numbers have no quotes");
    if (!std::isfinite(here.number)) return cell_error(*this, row, column, fmt::format("{} is too large for a number", here.text));
    numbers.push_back(here.number);
  }
  return numbers;
}

Result<Labels> JsonLines::labels(size_t column, const LabelLimit& limit) const {
  LabelWriter labels(rows(), limit);
  for (size_t row = 0; row < rows(); ++row) {
    const Cell& here = cell(row, column);
    if (here.kind == Kind::missing || here.text.empty()) return cell_error(*this, row, column, "a value is missing");
    if (here.kind == Kind::nested) return cell_error(*this, row, column, "found a list or object, expected a class");
    if (!labels.add(here.text)) return too_many_labels(*this, column, limit);
  }
  return std::move(labels).finish();
}

std::string JsonLines::place(size_t row, size_t column) const { return fmt::format("{}:{}:{}", path_, lines_[row], cell(row, column).column); }

}  // namespace mops::tensor
