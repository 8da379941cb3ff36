#include "tensor/npy_table.h"

#include "base/text.h"
#include "base/utf8.h"
#include "tensor/cell_error.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace mops::tensor {
namespace {

static_assert(std::endian::native == std::endian::little, "records are read as they lie in the file");

template <typename Number>
Number load(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

/// The text of a fixed-size field, without the NULs that fill it up; nothing for what is no Unicode.
std::optional<std::string> text_of(const NpyField& field, const char* bytes) {
  std::string text;
  if (field.kind == NpyKind::bytes) {
    text.assign(bytes, field.size);
    text.resize(text.find_last_not_of('\0') + 1);
  } else {
    size_t length = field.size / 4;
    while (length > 0 && load<uint32_t>(bytes + (length - 1) * 4) == 0) --length;
    for (size_t i = 0; i < length; ++i) {
      const auto point = load<uint32_t>(bytes + i * 4);
      if (point > 0x10FFFF) return std::nullopt;
      append_utf8(text, point);
    }
  }
  if (find_invalid_utf8(text)) return std::nullopt;
  return text;
}

/// Calls use(Number{}) with the C++ type of an integer field.
template <typename Use>
auto with_integer(const NpyField& field, const Use& use) {
  const bool is_signed = field.kind == NpyKind::signed_integer;
  switch (field.size) {
    case 1: return is_signed ? use(int8_t{}) : use(uint8_t{});
    case 2: return is_signed ? use(int16_t{}) : use(uint16_t{});
    case 4: return is_signed ? use(int32_t{}) : use(uint32_t{});
    default: return is_signed ? use(int64_t{}) : use(uint64_t{});
  }
}

}  // namespace

Result<NpyTable> NpyTable::parse(std::string path, MappedFile file) {
  NpyTable table(std::move(path), std::move(file));
  MOPS_ASSIGN(table.header_, NpyHeader::parse(table.path_, table.file_.bytes()));
  for (const NpyField& field : table.header_.fields) table.names_.push_back(field.name);
  return table;
}

template <typename Number>
std::vector<double> NpyTable::converted(const NpyField& field) const {
  std::vector<double> numbers;
  numbers.reserve(header_.rows);
  const char* at = begin_of(field);
  for (size_t row = 0; row < header_.rows; ++row, at += header_.record_size) numbers.push_back(static_cast<double>(load<Number>(at)));
  return numbers;
}

Result<std::vector<double>> NpyTable::numbers(size_t column) const {
  const NpyField& field = header_.fields[column];
  switch (field.kind) {
    case NpyKind::boolean: return converted<uint8_t>(field);
    case NpyKind::signed_integer:
    case NpyKind::unsigned_integer: return with_integer(field, [&](auto number) { return converted<decltype(number)>(field); });
    case NpyKind::floating: break;
    case NpyKind::bytes:
    case NpyKind::unicode:
    case NpyKind::other:
      return fail(ErrorCode::invalid, fmt::format("{}: column `{}` is of type `{}`, expected numbers (`<f8`, `<f4`, `<i8` …)", path_, names_[column], field.type));
  }
  std::vector<double> numbers = field.size == 8 ? converted<double>(field) : converted<float>(field);
  // Zero times what is not finite is NaN: one sum tells whether to look.
  double sum = 0;
  for (const double number : numbers) sum += number * 0;
  if (sum == 0) return numbers;
  const size_t row = static_cast<size_t>(std::find_if(numbers.begin(), numbers.end(), [](double number) { return !std::isfinite(number); }) - numbers.begin());
  return cell_error(*this, row, column, fmt::format("found {}, expected a finite number", numbers[row]));
}

template <typename Number>
Result<Labels> NpyTable::whole_labels(size_t column, const LabelLimit& limit) const {
  using Wide = std::conditional_t<std::is_signed_v<Number>, int64_t, uint64_t>;
  LabelWriter labels(header_.rows, limit);
  const char* at = begin_of(header_.fields[column]);
  for (size_t row = 0; row < header_.rows; ++row, at += header_.record_size)
    if (!labels.add(static_cast<Wide>(load<Number>(at)))) return too_many_labels(*this, column, limit);
  return std::move(labels).finish();
}

Result<Labels> NpyTable::floating_labels(size_t column, const LabelLimit& limit) const {
  MOPS_ASSIGN(const std::vector<double> values, numbers(column));
  LabelWriter labels(values.size(), limit);
  for (const double value : values) {
    const bool is_whole = value == std::trunc(value) && std::fabs(value) < 0x1p53;
    if (!(is_whole ? labels.add(static_cast<int64_t>(value)) : labels.add(std::string_view(fmt::format("{}", value))))) return too_many_labels(*this, column, limit);
  }
  return std::move(labels).finish();
}

Result<Labels> NpyTable::text_labels(size_t column, const LabelLimit& limit) const {
  const NpyField& field = header_.fields[column];
  LabelWriter labels(header_.rows, limit);
  const char* at = begin_of(field);
  for (size_t row = 0; row < header_.rows; ++row, at += header_.record_size) {
    const auto text = text_of(field, at);
    if (!text) return cell_error(*this, row, column, "it is not UTF-8");
    if (text->empty()) return cell_error(*this, row, column, "a value is missing");
    if (!labels.add(std::string_view(*text))) return too_many_labels(*this, column, limit);
  }
  return std::move(labels).finish();
}

Result<Labels> NpyTable::labels(size_t column, const LabelLimit& limit) const {
  const NpyField& field = header_.fields[column];
  switch (field.kind) {
    case NpyKind::signed_integer:
    case NpyKind::unsigned_integer: return with_integer(field, [&](auto number) { return whole_labels<decltype(number)>(column, limit); });
    case NpyKind::boolean: return whole_labels<uint8_t>(column, limit);
    case NpyKind::floating: return floating_labels(column, limit);
    case NpyKind::bytes:
    case NpyKind::unicode: return text_labels(column, limit);
    case NpyKind::other: break;
  }
  return fail(ErrorCode::invalid, fmt::format("{}: column `{}` is of type `{}`, expected numbers or texts (`<i8`, `<U10` …)", path_, names_[column], field.type));
}

std::string NpyTable::place(size_t row, size_t) const { return fmt::format("{}: row {}", path_, row + 1); }

}  // namespace mops::tensor
