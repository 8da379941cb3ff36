#include "document/plain_yaml.h"

#include "document/encoding.h"
#include "document/scalar.h"

#include <algorithm>
#include <array>

namespace mops::document {
namespace {

/// Recursion is bounded by this; what is nested deeper is for libyaml.
constexpr size_t k_deep = 64;
/// libyaml takes no key that is longer than 1,024 characters.
constexpr size_t k_longest_key = 1000;

enum CharacterClass : uint8_t {
  class_never_first = 1,  ///< no plain scalar begins with it, or only at times
  class_ends = 2,         ///< may end a plain scalar, or needs a second look
  class_flow_ends = 4,    ///< the same inside brackets
};

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  const auto mark = [&](std::string_view characters, uint8_t bits) {
    for (const char c : characters) classes[static_cast<unsigned char>(c)] |= bits;
  };
  mark("-?:,[]{}#&*!|>'\"%@` \n", class_never_first);
  mark(" \n#:", class_ends);
  mark(" \n#:,[]{}?", class_flow_ends);
  return classes;
}
constexpr std::array<uint8_t, 256> k_classes = make_classes();

/// Every member that returns bool returns false to give up.
class PlainYamlReader {
 public:
  explicit PlainYamlReader(DocumentBuilder& builder) : builder_(builder), text_(builder.text()) {}

  bool read() {
    // They have rules of their own.
    if (text_.starts_with(k_byte_order_mark) || text_.find('\t') != std::string_view::npos || text_.find('\r') != std::string_view::npos) return false;
    is_ascii_ = std::all_of(text_.begin(), text_.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
    if (text_.starts_with("---\n")) begin_line(4);
    if (!find_content() || indent_ == k_end) return false;
    return block_node(k_end) && indent_ == k_end;
  }

 private:
  /// The indentation of what comes after the last line; that of the document is the same, so that everything is deeper.
  static constexpr ptrdiff_t k_end = -1;

  enum class Context { block, flow };

  [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n'; }
  [[nodiscard]] bool is_blank(size_t ahead) const { return peek(ahead) == ' ' || peek(ahead) == '\n'; }
  [[nodiscard]] bool is_dash() const { return peek() == '-' && is_blank(1); }
  [[nodiscard]] ptrdiff_t column() const { return static_cast<ptrdiff_t>(at_ - line_start_); }

  /// Offsets are asked for forwards within a line.
  Position position(size_t offset) {
    if (!is_ascii_)
      for (; counted_ < offset; ++counted_) following_bytes_ += (text_[counted_] & 0xC0) == 0x80 ? 1 : 0;
    return {.line = line_, .column = static_cast<uint32_t>(offset - line_start_ - following_bytes_ + 1), .offset = static_cast<uint32_t>(offset)};
  }

  void begin_line(size_t offset) {
    at_ = line_start_ = counted_ = offset;
    following_bytes_ = 0;
    ++line_;
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  /// At the end of a line, or at a comment before it: goes to the end.
  bool skip_comment() {
    if (at_ < text_.size() && text_[at_] == '#') {
      if (at_ > line_start_ && text_[at_ - 1] != ' ') return false;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
    return at_ == text_.size() || text_[at_] == '\n';
  }

  /// From the begin of a line to the first character that says something; `indent_` is its column.
  bool find_content() {
    while (true) {
      skip_spaces();
      if (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '#') break;
      if (!skip_comment()) return false;
      if (at_ == text_.size()) {
        indent_ = k_end;
        return true;
      }
      begin_line(at_ + 1);
    }
    indent_ = column();
    const std::string_view rest = text_.substr(at_, 3);
    return indent_ > 0 || (rest != "---" && rest != "...");
  }

  /// Behind a value: nothing else may be on this line, and `indent_` becomes that of the next.
  bool end_line() {
    skip_spaces();
    if (!skip_comment()) return false;
    if (at_ == text_.size()) {
      indent_ = k_end;
      return true;
    }
    begin_line(at_ + 1);
    return find_content();
  }

  /// What is deeper than the block around a finished value would go on with it.
  bool end_value(ptrdiff_t parent) { return end_line() && indent_ <= parent; }

  bool open(NodeKind kind, const Position& begin) { return builder_.depth() < k_deep && builder_.open({.kind = kind, .span = {begin, begin}}); }

  /// The value that begins here, in a block whose keys or dashes are at column `parent`.
  bool block_node(ptrdiff_t parent) {
    const ptrdiff_t own = column();
    if (is_dash()) return sequence(own) && indent_ <= parent;
    if (peek() == '[' || peek() == '{') return flow() && end_value(parent);
    const size_t begin = at_;
    Node node;
    if (!scalar(node, Context::block)) return false;
    if (is_key(begin)) return mapping(own, node) && indent_ <= parent;
    builder_.add(node);
    return end_value(parent);
  }

  /// Behind a scalar that began at `begin`: goes to the colon that makes it a key.
  bool is_key(size_t begin) {
    skip_spaces();
    return peek() == ':' && is_blank(1) && at_ < text_.size() && at_ - begin <= k_longest_key;
  }

  bool mapping(ptrdiff_t own, Node key) {
    if (!open(NodeKind::map, key.span.begin)) return false;
    while (true) {
      builder_.add(key);
      ++at_;
      if (!mapping_value(own)) return false;
      if (indent_ < own) break;
      const size_t begin = at_;
      if (is_dash() || !scalar(key = {}, Context::block) || !is_key(begin)) return false;
    }
    builder_.close(std::nullopt);
    return true;
  }

  bool mapping_value(ptrdiff_t own) {
    const size_t behind_colon = at_;
    skip_spaces();
    if (peek() == '[' || peek() == '{') return flow() && end_value(own);
    if (peek() != '\n' && peek() != '#') {
      Node node;
      if (is_dash() || !scalar(node, Context::block)) return false;
      builder_.add(node);
      return end_value(own);
    }
    const Position place = position(behind_colon);
    if (!end_line()) return false;
    if (indent_ > own) return block_node(own);
    if (indent_ == own && is_dash()) return sequence(own);
    builder_.add({.span = {place, place}});
    return true;
  }

  bool sequence(ptrdiff_t own) {
    if (!open(NodeKind::list, position(at_))) return false;
    do {
      const size_t behind_dash = ++at_;
      skip_spaces();
      if (peek() != '\n' && peek() != '#') {
        if (!block_node(own)) return false;
        continue;
      }
      const Position place = position(behind_dash);
      if (!end_line()) return false;
      if (indent_ > own) {
        if (!block_node(own)) return false;
      } else {
        builder_.add({.span = {place, place}});
      }
    } while (indent_ == own && is_dash());
    builder_.close(std::nullopt);
    return true;
  }

  bool skip_flow_space() {
    while (true) {
      skip_spaces();
      if (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '#') return true;
      if (!skip_comment() || at_ == text_.size()) return false;
      begin_line(at_ + 1);
      const std::string_view rest = text_.substr(at_, 3);
      if (rest == "---" || rest == "...") return false;
    }
  }

  bool flow() {
    const char closing = text_[at_] == '[' ? ']' : '}';
    if (!open(closing == ']' ? NodeKind::list : NodeKind::map, position(at_))) return false;
    ++at_;
    while (true) {
      if (!skip_flow_space()) return false;
      if (text_[at_] == closing) break;
      if (closing == '}' && !flow_key()) return false;
      if (!flow_value() || !skip_flow_space()) return false;
      if (text_[at_] == ',') ++at_;
      else if (text_[at_] != closing) return false;
    }
    ++at_;
    builder_.close(position(at_));
    return true;
  }

  bool flow_key() {
    const size_t begin = at_;
    Node key;
    if (!scalar(key, Context::flow)) return false;
    skip_spaces();
    if (peek() != ':' || at_ - begin > k_longest_key) return false;
    ++at_;
    builder_.add(key);
    return skip_flow_space();
  }

  bool flow_value() {
    if (text_[at_] == '[' || text_[at_] == '{') return flow();
    Node node;
    if (!scalar(node, Context::flow)) return false;
    builder_.add(node);
    return true;
  }

  bool scalar(Node& node, Context context) {
    if (peek() == '"') return double_quoted(node);
    if (peek() == '\'') return single_quoted(node);
    return plain(node, context);
  }

  bool plain(Node& node, Context context) {
    const auto class_of = [&](size_t i) { return k_classes[static_cast<unsigned char>(text_[i])]; };
    const size_t begin = at_;
    if ((class_of(begin) & class_never_first) != 0) {
      constexpr uint8_t k_no_dash_before = class_ends | class_flow_ends;
      if (text_[begin] != '-' || begin + 1 == text_.size() || (class_of(begin + 1) & k_no_dash_before) != 0) return false;
    }
    const uint8_t ends = context == Context::flow ? class_flow_ends : class_ends;
    size_t end = begin;
    for (size_t i = begin; i < text_.size(); ++i) {
      if ((class_of(i) & ends) != 0) {
        const char c = text_[i];
        if (c == ' ') continue;
        if (c == '\n' || (c == '#' && text_[i - 1] == ' ')) break;
        if (c == ':') {
          if (i + 1 == text_.size() || text_[i + 1] == ' ' || text_[i + 1] == '\n') break;
          if (context == Context::flow && (class_of(i + 1) & class_flow_ends) != 0 && text_[i + 1] != '#' && text_[i + 1] != ':') return false;
        } else if (c == '?') {
          return false;
        } else if (c != '#') {
          break;
        }
      }
      end = i + 1;
    }
    at_ = end;
    node.text = text_.substr(begin, end - begin);
    node.span.begin = position(begin);
    node.span.end = position(end);
    resolve_plain(node, node.text);
    return true;
  }

  bool single_quoted(Node& node) {
    const size_t begin = at_++;
    size_t quotes = 0;
    for (;; ++at_) {
      if (peek() == '\n') return false;
      if (text_[at_] != '\'') continue;
      if (peek(1) != '\'') break;
      ++at_;
      ++quotes;
    }
    std::string_view text = text_.substr(begin + 1, at_ - begin - 1);
    if (quotes > 0) {
      std::string value;
      for (size_t i = 0; i < text.size(); i += text[i] == '\'' ? 2 : 1) value += text[i];
      text = builder_.keep(value);
    }
    return end_quoted(node, begin, text);
  }

  bool double_quoted(Node& node) {
    static constexpr std::string_view k_letters = "\"\\/nrt0", k_meanings{"\"\\/\n\r\t\0", 7};
    const size_t begin = at_++;
    size_t from = at_;
    std::string value;
    for (;; ++at_) {
      if (peek() == '\n') return false;
      if (text_[at_] == '"') break;
      if (text_[at_] != '\\') continue;
      const size_t letter = k_letters.find(peek(1));
      if (letter == std::string_view::npos) return false;
      value.append(text_, from, at_ - from);
      value += k_meanings[letter];
      from = ++at_ + 1;
    }
    std::string_view text = text_.substr(from, at_ - from);
    if (from > begin + 1) text = builder_.keep(value.append(text));
    return end_quoted(node, begin, text);
  }

  /// At the closing quote.
  bool end_quoted(Node& node, size_t begin, std::string_view text) {
    ++at_;
    node.kind = NodeKind::string;
    node.style = ScalarStyle::quoted;
    node.text = text;
    node.span.begin = position(begin);
    node.span.end = position(at_);
    return true;
  }

  DocumentBuilder& builder_;
  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  size_t line_start_ = 0;
  bool is_ascii_ = true;
  size_t counted_ = 0;          ///< up to where this line was looked at for `following_bytes_`
  size_t following_bytes_ = 0;  ///< bytes of this line that begin no character
  ptrdiff_t indent_ = 0;
};

}  // namespace

bool read_plain_yaml(DocumentBuilder& builder) { return PlainYamlReader(builder).read(); }

}  // namespace mops::document
