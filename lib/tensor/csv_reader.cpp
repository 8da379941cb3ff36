#include "tensor/csv_reader.h"

#include "base/text.h"

#include <algorithm>
#include <limits>

namespace mops::tensor {

Result<void> CsvReader::read() {
  MOPS_TRY(refuse_encodings());
  MOPS_TRY(read_header());
  while (!at_end()) {
    if (at_line_end()) {
      if (only_empty_lines_follow()) break;
      return refuse(line_, "an empty line between rows", "remove it; a row whose only field is missing is written `\"\"`");
    }
    MOPS_TRY(read_row());
  }
  return {};
}

Result<void> CsvReader::refuse_encodings() {
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    return refuse(1, "this is UTF-16", "save the file as UTF-8");
  }
  if (text_.size() >= std::numeric_limits<uint32_t>::max()) return refuse(1, "4 GiB or more", "split the data set");
  const auto invalid = find_invalid_utf8(text_);
  const size_t nul = text_.find('\0');
  const size_t bad = std::min(invalid.value_or(std::string::npos), nul);
  if (bad != std::string::npos) {
    const auto line = static_cast<uint32_t>(1 + std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(bad), '\n'));
    if (bad == nul) return refuse(line, "a NUL byte");
    return refuse(line, fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(text_[bad])), "save the file as UTF-8");
  }
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  return {};
}

Result<void> CsvReader::read_header() {
  if (at_end() || at_line_end()) return refuse(1, "there is no header row", "the first line names the columns");
  MOPS_TRY(read_row());
  const Dataset::Row header = data_.rows_.back();
  for (size_t column = 0; column < data_.cells_.size(); ++column) {
    std::string name(data_.cell(0, column));
    if (name.empty()) return refuse(header.line, fmt::format("column {} has no name", column + 1));
    if (std::find(data_.names_.begin(), data_.names_.end(), name) != data_.names_.end()) {
      return refuse(header.line, fmt::format("two columns are named `{}`", name));
    }
    data_.names_.push_back(std::move(name));
  }
  data_.rows_.clear();
  data_.cells_.clear();
  return {};
}

Result<void> CsvReader::read_row() {
  Dataset::Row row{.begin = static_cast<uint32_t>(at_), .line = line_};
  const size_t first = data_.cells_.size();
  for (;;) {
    MOPS_ASSIGN(const Dataset::Cell cell, read_field());
    data_.cells_.push_back(cell);
    if (at_end() || text_[at_] != ',') break;
    ++at_;
  }
  row.end = static_cast<uint32_t>(at_);
  if (!at_end()) skip_line_end();
  data_.rows_.push_back(row);

  const size_t found = data_.cells_.size() - first;
  if (!data_.names_.empty() && found != data_.names_.size()) {
    return refuse(row.line, fmt::format("found {} field{}, expected {} as in the header", found, found == 1 ? "" : "s", data_.names_.size()),
                  found > data_.names_.size() ? "a field with a comma in it goes into double quotes" : "");
  }
  return {};
}

Result<Dataset::Cell> CsvReader::read_field() {
  if (!at_end() && text_[at_] == '"') return read_quoted_field();
  const size_t begin = at_;
  for (; !at_end(); ++at_) {
    const char byte = text_[at_];
    if (byte == ',' || byte == '\n') break;
    if (byte == '\r') {
      if (at_line_end()) break;
      return refuse(line_, "a carriage return without a line feed", "end lines by LF or CRLF");
    }
    if (byte == '"') {
      return refuse(line_, "a quote inside a field that does not begin with one", "write the field as `\"…\"` and each quote in it as `\"\"`");
    }
  }
  return Dataset::Cell{.offset = static_cast<uint32_t>(begin), .length = static_cast<uint32_t>(at_ - begin)};
}

Result<Dataset::Cell> CsvReader::read_quoted_field() {
  const uint32_t opened = line_;
  const size_t begin = ++at_;
  const size_t unescaped_begin = data_.unescaped_.size();
  size_t copied = begin;
  bool has_quotes = false;
  for (;; ++at_) {
    if (at_end()) return refuse(opened, "a quote that is opened here is never closed");
    if (text_[at_] == '\n') ++line_;
    if (text_[at_] != '"') continue;
    if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
    has_quotes = true;
    data_.unescaped_.append(text_, copied, at_ + 1 - copied);
    copied = ++at_ + 1;
  }
  const size_t end = at_++;
  if (!at_end() && text_[at_] != ',' && !at_line_end()) {
    return refuse(line_, "text after a closing quote", "write a quote inside of a quoted field as `\"\"`");
  }
  if (!has_quotes) return Dataset::Cell{.offset = static_cast<uint32_t>(begin), .length = static_cast<uint32_t>(end - begin)};
  data_.unescaped_.append(text_, copied, end - copied);
  return Dataset::Cell{.offset = static_cast<uint32_t>(unescaped_begin),
                       .length = static_cast<uint32_t>(data_.unescaped_.size() - unescaped_begin),
                       .unescaped = true};
}

bool CsvReader::at_line_end() const {
  return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void CsvReader::skip_line_end() {
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
}

bool CsvReader::only_empty_lines_follow() const { return text_.find_first_not_of("\r\n", at_) == std::string::npos; }

tl::unexpected<Error> CsvReader::refuse(uint32_t line, std::string_view problem, std::string help) const {
  return fail(ErrorCode::invalid, fmt::format("{}:{}: {}", data_.path_, line, problem), std::move(help));
}

}  // namespace mops::tensor
