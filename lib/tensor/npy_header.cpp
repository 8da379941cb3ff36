#include "tensor/npy_header.h"

#include "base/text.h"
#include "base/utf8.h"

#include <algorithm>
#include <charconv>

namespace mops::tensor {
namespace {

/// As much of a text as a message has room for.
std::string excerpt(std::string_view text) {
  constexpr size_t k_most = 200;
  if (text.size() <= k_most) return std::string(text);
  size_t end = k_most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string utf8_of_latin1(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) append_utf8(text, static_cast<unsigned char>(byte));
  return text;
}

/// Reads the header's text: a dictionary with `descr`, `fortran_order` and `shape`, of strings, numbers, tuples and lists.
class HeaderReader {
 public:
  HeaderReader(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  Result<NpyHeader> read() {
    NpyHeader header;
    bool has_type = false;
    bool has_shape = false;
    MOPS_TRY(expect('{'));
    while (!accept('}')) {
      MOPS_ASSIGN(const std::string key, string());
      MOPS_TRY(expect(':'));
      if (key == "descr") {
        MOPS_TRY(read_type(header, 0));
        has_type = true;
      } else if (key == "shape") {
        MOPS_TRY(read_shape(header));
        has_shape = true;
      } else if (key == "fortran_order") {
        if (!accept_word("False") && !accept_word("True")) return broken();
      } else {
        return broken();
      }
      if (!accept(',') && !is_at('}')) return broken();
    }
    if (!has_type || !has_shape || !rest().empty()) return broken();
    return header;
  }

 private:
  /// `depth`: how many records it is within. Who nests them deeper than anyone does is after our stack.
  Result<void> read_type(NpyHeader& header, size_t depth) {
    constexpr size_t k_deepest = 32;
    if (depth > k_deepest) return broken();
    if (!is_at('[')) {
      MOPS_ASSIGN(const std::string type, string());
      if (type.ends_with('O')) return fail(pickled(""));
      return fail(ErrorCode::invalid, fmt::format("{}: it has numbers of type `{}` without names, expected records with named fields", path_, excerpt(type)),
                  "save a structured array: `np.rec.fromarrays([truth, score], names=\"truth,score\")`");
    }
    MOPS_TRY(expect('['));
    while (!accept(']')) {
      MOPS_ASSIGN(NpyField field, read_field(depth));
      field.offset = header.record_size;
      header.record_size += field.size;
      if (!field.name.empty()) {
        if (std::any_of(header.fields.begin(), header.fields.end(), [&](const NpyField& other) { return other.name == field.name; })) return broken();
        header.fields.push_back(std::move(field));
      }
      if (!accept(',') && !is_at(']')) return broken();
    }
    if (header.fields.empty() || header.record_size == 0) return broken();
    return {};
  }

  /// `('name', '<f8')`, `('name', '<f8', (3,))`, `(('title', 'name'), '<f8')`, `('name', [ … ])`.
  Result<NpyField> read_field(size_t depth) {
    NpyField field;
    MOPS_TRY(expect('('));
    if (accept('(')) {
      MOPS_TRY(string());
      MOPS_TRY(expect(','));
      MOPS_ASSIGN(field.name, string());
      MOPS_TRY(expect(')'));
    } else {
      MOPS_ASSIGN(field.name, string());
    }
    MOPS_TRY(expect(','));
    if (is_at('[')) {
      NpyHeader nested;
      MOPS_TRY(read_type(nested, depth + 1));
      field.type = "a record";
      field.size = nested.record_size;
    } else {
      MOPS_ASSIGN(field.type, string());
      MOPS_TRY(read_size(field));
    }
    if (accept(',') && !is_at(')')) {
      MOPS_ASSIGN(const std::vector<size_t> shape, tuple());
      for (const size_t extent : shape) {
        if (extent != 0 && field.size > k_largest / extent) return broken();
        field.size *= extent;
      }
      field.kind = NpyKind::other;
      field.type += " (an array)";
    }
    MOPS_TRY(expect(')'));
    return field;
  }

  Result<void> read_size(NpyField& field) {
    const std::string& type = field.type;
    if (type.size() < 2) return broken();
    const bool has_order = std::string_view("<>|=").find(type[0]) != std::string_view::npos;
    const char letter = type[has_order ? 1 : 0];
    if (letter == 'O') return fail(pickled(field.name));
    std::string_view digits = std::string_view(type).substr(has_order ? 2 : 1);
    digits = digits.substr(0, digits.find('['));  // `<M8[ns]`
    size_t count = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (problem != std::errc() || end != digits.data() + digits.size() || count > k_largest) return broken();
    field.size = letter == 'U' ? count * 4 : count;
    const bool is_native = type[0] != '>' || count == 1;
    const bool is_word = count == 1 || count == 2 || count == 4 || count == 8;
    if (!is_native) return {};
    if (letter == 'b' && count == 1) field.kind = NpyKind::boolean;
    if (letter == 'i' && is_word) field.kind = NpyKind::signed_integer;
    if (letter == 'u' && is_word) field.kind = NpyKind::unsigned_integer;
    if (letter == 'f' && (count == 4 || count == 8)) field.kind = NpyKind::floating;
    if (letter == 'S') field.kind = NpyKind::bytes;
    if (letter == 'U') field.kind = NpyKind::unicode;
    return {};
  }

  Result<void> read_shape(NpyHeader& header) {
    MOPS_ASSIGN(const std::vector<size_t> shape, tuple());
    if (shape.size() != 1)
      return fail(ErrorCode::invalid, fmt::format("{}: it has {} dimensions, expected one", path_, shape.size()), "save the records as one row after the other");
    header.rows = shape[0];
    return {};
  }

  Result<std::vector<size_t>> tuple() {
    std::vector<size_t> numbers;
    MOPS_TRY(expect('('));
    while (!accept(')')) {
      skip_blanks();
      size_t number = 0;
      const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
      if (problem != std::errc()) return broken();
      at_ = static_cast<size_t>(end - text_.data());
      numbers.push_back(number);
      if (!accept(',') && !is_at(')')) return broken();
    }
    return numbers;
  }

  Result<std::string> string() {
    skip_blanks();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return broken();
    const char quote = text_[at_++];
    std::string out;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (at_++ >= text_.size()) return broken();
    return out;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  [[nodiscard]] bool is_at(char c) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool accept(char c) {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  Result<void> expect(char c) {
    if (accept(c)) return {};
    return broken();
  }
  [[nodiscard]] std::string_view rest() const { return trim(text_.substr(at_)); }
  [[nodiscard]] tl::unexpected<Error> broken() const { return fail(ErrorCode::invalid, fmt::format("{}: its header cannot be read: `{}`", path_, excerpt(trim(text_)))); }
  [[nodiscard]] Error pickled(const std::string& name) const {
    return {.code = ErrorCode::invalid,
            .message = name.empty() ? fmt::format("{}: it holds pickled objects, which are never loaded", path_)
                                    : fmt::format("{}: its field `{}` holds pickled objects, which are never loaded", path_, name),
            .help = "convert them to numbers or texts (`<f8`, `<i8`, `<U10`) and save with `allow_pickle=False`"};
  }

  static constexpr size_t k_largest = size_t{1} << 40;
  const std::string& path_;
  std::string_view text_;
  size_t at_ = 0;
};

uint32_t little_endian(std::string_view bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) number |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return number;
}

}  // namespace

Result<NpyHeader> NpyHeader::parse(const std::string& path, std::string_view bytes) {
  const auto refuse = [&](std::string_view problem, std::string help = {}) { return fail(ErrorCode::invalid, fmt::format("{}: {}", path, problem), std::move(help)); };
  if (!bytes.starts_with(k_npy_magic)) return refuse("this is no `.npy` file", "a `.csv` or `.jsonl` needs that name");
  constexpr size_t k_version = k_npy_magic.size();
  if (bytes.size() < k_version + 4) return refuse("it is truncated in its header");
  const auto version = static_cast<unsigned char>(bytes[k_version]);
  if (version < 1 || version > 3) return refuse(fmt::format("found format version {}, expected 1 to 3", version));
  const size_t length_size = version == 1 ? 2 : 4;
  const size_t begin = k_version + 2 + length_size;
  if (bytes.size() < begin) return refuse("it is truncated in its header");
  const size_t length = little_endian(bytes.substr(k_version + 2, length_size));
  if (bytes.size() - begin < length) return refuse("it is truncated in its header");
  const std::string_view written = bytes.substr(begin, length);
  if (version == 3 && find_invalid_utf8(written)) return refuse("its header is not UTF-8");
  const std::string text = version == 3 ? std::string(written) : utf8_of_latin1(written);
  MOPS_ASSIGN(NpyHeader header, HeaderReader(path, text).read());
  header.data_begin = begin + length;
  const size_t there = (bytes.size() - header.data_begin) / header.record_size;
  if (there < header.rows) return refuse(fmt::format("it is truncated: found {} of {} rows", there, header.rows), "copy or write it again");
  if (bytes.size() - header.data_begin != header.rows * header.record_size) return refuse(fmt::format("more bytes follow the {} rows that it says it has", header.rows));
  return header;
}

}  // namespace mops::tensor
