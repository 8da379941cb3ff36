#include "base/character.h"
#include "base/utf8.h"
#include "document/builder.h"
#include "document/encoding.h"
#include "document/scalar.h"

#include <fmt/format.h>

namespace mops::document {
namespace {

/// RFC 8259 without recursion. Every member that returns bool returns false after the one syntax error was reported.
class JsonReader {
 public:
  explicit JsonReader(DocumentBuilder& builder) : builder_(builder), text_(builder.text()), cursor_(text_) {
    if (text_.starts_with(k_byte_order_mark)) at_ = k_byte_order_mark.size();
  }

  bool read() {
    if (!read_value()) return false;
    while (!open_.empty()) {
      if (!read_next()) return false;
    }
    skip_space();
    return at_ == text_.size() || refuse("the end of the file", "a JSON file holds one value");
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }

  /// What follows a value or an opening bracket inside the innermost list or map.
  bool read_next() {
    skip_space();
    const bool is_map = open_.back() == '}';
    const bool was_comma = peek() == ',' && !is_fresh_;
    if (peek() == open_.back() && at_ < text_.size()) return close();
    if (!is_fresh_ && !was_comma) return refuse(is_map ? "`,` or `}`" : "`,` or `]`", help_for_missing(is_map ? "`}`" : "`]`"));
    if (was_comma) ++at_;
    is_fresh_ = false;
    if (!is_map) return read_value(was_comma ? "a value after the comma" : "a value or `]`");
    return read_key(was_comma ? "a key in double quotes after the comma" : "a key in double quotes or `}`") && read_value();
  }

  bool read_key(std::string_view expected) {
    skip_space();
    if (peek() != '"') return refuse(expected, peek() == '}' ? "remove the comma before it" : help_for_word("put the key in double quotes"));
    if (!read_string()) return false;
    skip_space();
    if (peek() != ':') return refuse("`:` after the key", "put a colon between key and value");
    ++at_;
    return true;
  }

  bool read_value(std::string_view expected = "a value") {
    skip_space();
    switch (peek()) {
      case '{': return open(NodeKind::map, '}');
      case '[': return open(NodeKind::list, ']');
      case '"': return read_string();
      case 't': return read_word("true", {.kind = NodeKind::boolean, .boolean = true}, expected);
      case 'f': return read_word("false", {.kind = NodeKind::boolean}, expected);
      case 'n': return read_word("null", {.kind = NodeKind::null}, expected);
      case ']':
      case '}': return refuse(expected, expected.ends_with("comma") ? "remove the comma before it" : "");
      default: return (peek() == '-' && text_.substr(at_ + 1, 1) != "I") || is_digit(peek()) ? read_number() : refuse(expected, help_for_word("put the text in double quotes"));
    }
  }

  /// Something else stands where a comma or the end of the innermost list or map is wanted.
  [[nodiscard]] std::string help_for_missing(std::string_view end) const {
    if (at_ >= text_.size() || peek() == ']' || peek() == '}') return fmt::format("close it with {}", end);
    const std::string help = help_for_word("");
    if (!help.empty()) return help;
    return peek() == '"' || peek() == '{' || peek() == '[' ? "put a comma before it" : "put a comma before it, or look for a quote that is missing";
  }

  /// For what other notations have and JSON does not.
  [[nodiscard]] std::string help_for_word(std::string_view otherwise) const {
    const std::string_view word = word_at(at_);
    if (word.starts_with("//") || word.starts_with("/*") || word.starts_with('#')) return "JSON has no comments";
    if (word == "True" || word == "False") return word == "True" ? "write `true`" : "write `false`";
    if (word == "None" || word == "undefined") return "write `null`";
    if (word == "NaN" || word == "nan" || word.ends_with("Infinity") || word == "inf") return "JSON has no such number: write `null`, or leave it out";
    if (word.starts_with('.') && word.size() > 1 && is_digit(word[1])) return fmt::format("write {}", in_backticks(fmt::format("0{}", word)));
    if (word.starts_with('+') && word.size() > 1 && is_digit(word[1])) return fmt::format("write {}", in_backticks(word.substr(1)));
    if (word.starts_with("“") || word.starts_with("”") || word.starts_with("„") || word.starts_with("‘")) return "JSON knows only straight quotes: `\"`";
    return word.starts_with('\'') || is_word_character(at_) ? std::string(otherwise) : std::string();
  }

  bool open(NodeKind kind, char closing) {
    const Position begin = cursor_.at(at_++);
    if (!builder_.open({.kind = kind, .span = {begin, cursor_.at(at_)}})) return false;
    open_ += closing;
    is_fresh_ = true;
    return true;
  }

  bool close() {
    builder_.close(cursor_.at(++at_));
    open_.pop_back();
    is_fresh_ = false;
    return true;
  }

  bool read_word(std::string_view word, Node node, std::string_view expected) {
    if (text_.substr(at_, word.size()) != word || is_word_character(at_ + word.size())) return refuse(expected);
    const Position start = cursor_.at(at_);
    at_ += word.size();
    add(node, start, word);
    return true;
  }

  bool read_number() {
    const size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))
      return refuse_at(begin, fmt::format("found the number {} with a leading zero", in_backticks(word_at(begin))), "remove the zero, or put the text in double quotes");
    NodeKind kind = NodeKind::integer;
    if (!skip_digits()) return false;
    if (peek() == '.') {
      kind = NodeKind::number;
      ++at_;
      if (!skip_digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      kind = NodeKind::number;
      ++at_;
      if (peek() == '-' || peek() == '+') ++at_;
      if (!skip_digits()) return false;
    }
    Node node;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    set_number(node, kind, digits);
    add(node, cursor_.at(begin), digits);
    return true;
  }

  bool skip_digits() {
    if (!is_digit(peek())) return refuse("a digit", text_[at_ - 1] == '.' ? "a number has digits on both sides of its point" : "");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool read_string() {
    const Position start = cursor_.at(at_);
    const size_t begin = at_++;
    size_t from = at_;
    std::string value;
    bool has_escapes = false;
    for (;; ++at_) {
      if (at_ >= text_.size()) return refuse_at(begin, "found a string without an end, expected `\"`", "add the closing quote");
      const char c = text_[at_];
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) return refuse_control_character(begin);
      if (c != '\\') continue;
      has_escapes = true;
      value.append(text_, from, at_ - from);
      if (!read_escape(value)) return false;
      from = at_ + 1;
    }
    std::string_view kept = text_.substr(from, at_ - from);
    if (has_escapes) kept = builder_.keep(value.append(kept));
    ++at_;
    add({.kind = NodeKind::string, .style = ScalarStyle::quoted}, start, kept);
    return true;
  }

  /// From the backslash to the last character of the escape.
  bool read_escape(std::string& value) {
    static constexpr std::string_view k_letters = "\"\\/bfnrt", k_meanings = "\"\\/\b\f\n\r\t";
    const size_t begin = at_++;
    if (const size_t i = k_letters.find(peek()); i != std::string_view::npos) {
      value += k_meanings[i];
      return true;
    }
    if (peek() != 'u') return refuse_at(begin, fmt::format("found the unknown escape {}", in_backticks(text_.substr(begin, 2))), "write a backslash as `\\\\`");
    const int64_t unit = read_unit();
    if (unit < 0) return refuse_at(begin, "found `\\u` without four hexadecimal digits", "");
    const bool is_lead = unit >= 0xD800 && unit < 0xDC00;
    if (is_lead && text_.substr(at_ + 1, 2) == "\\u") {
      const size_t before = at_;
      at_ += 2;
      const int64_t trail = read_unit();
      if (trail >= 0xDC00 && trail < 0xE000) {
        append_utf8(value, static_cast<uint32_t>(0x10000 + ((unit - 0xD800) << 10) + (trail - 0xDC00)));
        return true;
      }
      at_ = before;
    }
    if (unit < 0xD800 || unit >= 0xE000) {
      append_utf8(value, static_cast<uint32_t>(unit));
      return true;
    }
    append_utf8(value, 0xFFFD);
    if (builder_.has_enough_findings()) return true;
    const Position start = cursor_.at(begin);
    builder_.report("encoding", {start, cursor_.at(at_ + 1)},
                    fmt::format("found half of a surrogate pair, {}", in_backticks(text_.substr(begin, at_ + 1 - begin))), "write the character itself");
    return true;
  }

  /// The four digits after the `u` at which the reader stands; it then stands at the last. -1: not four digits.
  int64_t read_unit() {
    int64_t unit = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = at_ + 1 < text_.size() ? hex_value(text_[at_ + 1]) : -1;
      if (digit < 0) return -1;
      unit = unit * 16 + digit;
      ++at_;
    }
    return unit;
  }

  bool refuse_control_character(size_t begin) {
    if (peek() == '\n' || peek() == '\r') return refuse_at(begin, "found a string that does not end on its line", "write a line break as `\\n`");
    const auto c = static_cast<unsigned>(static_cast<unsigned char>(peek()));
    return refuse_at(at_, fmt::format("found the control character U+{:04X} in a string", c), fmt::format("write it as `\\u{:04x}`", c));
  }

  void add(Node node, Position start, std::string_view text) {
    node.text = text;
    node.span = {start, cursor_.at(at_)};
    builder_.add(node);
  }

  [[nodiscard]] bool is_word_character(size_t i) const {
    return i < text_.size() && (text_[i] == '_' || is_digit(text_[i]) || ((text_[i] | 0x20) >= 'a' && (text_[i] | 0x20) <= 'z'));
  }

  /// What stands at `begin`, to show it: a word, or one character.
  [[nodiscard]] std::string_view word_at(size_t begin) const {
    size_t end = begin;
    while (end < text_.size() && std::string_view(" \t\r\n,:[]{}\"'").find(text_[end]) == std::string_view::npos) ++end;
    if (end == begin && end < text_.size()) ++end;
    return text_.substr(begin, end - begin);
  }

  bool refuse(std::string_view expected, std::string_view help = {}) {
    const std::string found = at_ >= text_.size() ? "the end of the file" : in_backticks(word_at(at_));
    return refuse_at(at_, fmt::format("found {}, expected {}", found, expected), help);
  }

  bool refuse_at(size_t begin, std::string message, std::string_view help) {
    const Position start = position_at(text_, begin);
    builder_.report("syntax", {start, position_at(text_, begin + word_at(begin).size())}, std::move(message), std::string(help));
    return false;
  }

  DocumentBuilder& builder_;
  std::string_view text_;
  PositionCursor cursor_;
  size_t at_ = 0;
  std::string open_;       ///< the closing brackets still to come
  bool is_fresh_ = false;  ///< nothing was read since the innermost bracket opened
};

}  // namespace

Document parse_json(SourceFile source) {
  DocumentBuilder builder(std::move(source), "json");
  if (auto bad = find_bad_encoding(builder.text())) {
    builder.report("encoding", {bad->position, bad->position}, std::move(bad->message), std::move(bad->help));
    return std::move(builder).give_up();
  }
  if (!JsonReader(builder).read()) return std::move(builder).give_up();
  return std::move(builder).finish();
}

}  // namespace mops::document
