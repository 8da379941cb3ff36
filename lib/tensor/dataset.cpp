#include "tensor/dataset.h"

#include "base/text.h"
#include "tensor/csv_reader.h"
#include "tensor/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mops::tensor {
namespace {

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') text.remove_prefix(1);
  return text;
}

/// Finite, or nothing. What is too small for a double is 0, as everywhere else.
std::optional<double> parse_real(std::string_view text) {
  text = without_plus(text);
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || problem == std::errc::invalid_argument) return std::nullopt;
  if (problem == std::errc::result_out_of_range) {
    const size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && exponent + 1 < text.size() && text[exponent + 1] == '-';
    return tiny ? std::optional(0.0) : std::nullopt;
  }
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Also `3.0`: the fraction is cut off when it is zero.
template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  text = without_plus(text);
  const size_t point = text.find('.');
  if (point != std::string_view::npos && point > 0 && text.find_first_not_of('0', point + 1) == std::string_view::npos) {
    text = text.substr(0, point);
  }
  return parse_whole<Integer>(text);
}

std::optional<Scalar> parse_cell(std::string_view text, model::Datatype datatype) {
  using model::Datatype;
  if (text.empty()) return Scalar();
  if (datatype == Datatype::bytes) return Scalar(std::string(text));
  text = trim(text);
  if (datatype == Datatype::boolean) {
    if (text == "true" || text == "True" || text == "TRUE" || text == "1") return Scalar(true);
    if (text == "false" || text == "False" || text == "FALSE" || text == "0") return Scalar(false);
    return std::nullopt;
  }
  if (model::is_floating(datatype)) {
    const auto number = parse_real(text);
    return number ? std::optional(Scalar(*number)) : std::nullopt;
  }
  if (const auto number = parse_integer<int64_t>(text)) return Scalar(*number);
  const auto large = parse_integer<uint64_t>(text);
  return large ? std::optional(Scalar(*large)) : std::nullopt;
}

bool means_missing(std::string_view text) {
  std::string lower(trim(text));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == "nan" || lower == "na" || lower == "n/a" || lower == "null" || lower == "none" || lower == "?" || lower.empty();
}

std::string_view expected_word(model::Datatype datatype) {
  if (datatype == model::Datatype::boolean) return "`true` or `false`";
  return model::is_integer(datatype) ? "an integer" : "a number";
}

}  // namespace

Result<Dataset> Dataset::parse(std::string path, std::string text) {
  Dataset dataset;
  dataset.path_ = std::move(path);
  dataset.text_ = std::move(text);
  MOPS_TRY(CsvReader(dataset).read());
  return dataset;
}

Result<size_t> Dataset::column(std::string_view name) const { return find_column(path_, names_, name); }

std::string_view Dataset::cell(size_t row, size_t column) const {
  const size_t width = names_.empty() ? cells_.size() : names_.size();
  const Cell& cell = cells_[row * width + column];
  return std::string_view(cell.unescaped ? unescaped_ : text_).substr(cell.offset, cell.length);
}

std::string_view Dataset::raw(size_t row) const {
  return std::string_view(text_).substr(rows_[row].begin, rows_[row].end - rows_[row].begin);
}

std::string Dataset::place(size_t row, size_t column) const {
  size_t at = rows_[row].begin;
  uint64_t line = rows_[row].line;
  size_t line_begin = at;
  size_t fields = 0;
  for (bool quoted = false; fields < column; ++at) {
    if (text_[at] == '"') quoted = !quoted;
    if (text_[at] == ',' && !quoted) ++fields;
    if (text_[at] != '\n') continue;
    ++line;
    line_begin = at + 1;
  }
  return fmt::format("{}:{}:{}", path_, line, 1 + count_code_points(std::string_view(text_).substr(line_begin, at - line_begin)));
}

tl::unexpected<Error> Dataset::refuse(size_t row, size_t column, std::string_view problem, std::string help) const {
  return fail(ErrorCode::invalid, fmt::format("{}: column `{}`: {}", place(row, column), names_[column], problem), std::move(help));
}

Result<Scalar> Dataset::value(size_t row, size_t column, const model::Tensor& tensor) const {
  const std::string_view text = cell(row, column);
  auto value = parse_cell(text, tensor.datatype);
  if (!value) {
    return refuse(row, column, fmt::format("found `{}`, expected {}", text, expected_word(tensor.datatype)),
                  means_missing(text) ? "a missing value is an empty field" : "");
  }
  if (const auto problem = problem_of(*value, tensor)) return refuse(row, column, *problem);
  return std::move(*value);
}

Result<Column> Dataset::values(const model::Tensor& tensor) const {
  if (tensor.shape.size() > 2 || (tensor.shape.size() == 2 && tensor.shape[1] != 1)) {
    return fail(ErrorCode::usage, fmt::format("`{}` has more than one value a row, which a CSV column cannot hold", tensor.name),
                "make each value an input of its own with shape [-1]");
  }
  MOPS_ASSIGN(const size_t index, column(tensor.name));
  Column values{.name = tensor.name, .datatype = tensor.datatype};
  values.values.reserve(rows());
  for (size_t row = 0; row < rows(); ++row) {
    MOPS_ASSIGN(Scalar scalar, value(row, index, tensor));
    values.values.push_back(std::move(scalar));
  }
  return values;
}

Result<std::vector<double>> Dataset::numbers(std::string_view name) const {
  MOPS_ASSIGN(const size_t index, column(name));
  std::vector<double> numbers;
  numbers.reserve(rows());
  for (size_t row = 0; row < rows(); ++row) {
    const std::string_view text = cell(row, index);
    const auto number = parse_real(trim(text));
    if (!number) return refuse(row, index, text.empty() ? "a value is missing" : fmt::format("found `{}`, expected a number", text));
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace mops::tensor
