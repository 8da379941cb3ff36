#include "policy/ecma_pattern.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mops::policy {
namespace {

/// WhiteSpace and LineTerminator of ECMA-262, and what is left, as the inside of a class.
constexpr std::string_view k_space = R"(\x09-\x0d\x20\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view k_not_space =
    R"(\x00-\x08\x0e-\x1f\x21-\x9f\xa1-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{d7ff}\x{e000}-\x{fefe}\x{ff00}-\x{10ffff})";

/// Long names of general categories (Unicode, PropertyValueAliases.txt), which PCRE2 10.42 does not know.
constexpr std::array<std::pair<std::string_view, std::string_view>, 43> k_categories = {{
    {"Any", "Any"},
    {"Cased_Letter", "L&"},
    {"Close_Punctuation", "Pe"},
    {"Connector_Punctuation", "Pc"},
    {"Control", "Cc"},
    {"Currency_Symbol", "Sc"},
    {"Dash_Punctuation", "Pd"},
    {"Decimal_Number", "Nd"},
    {"Enclosing_Mark", "Me"},
    {"Final_Punctuation", "Pf"},
    {"Format", "Cf"},
    {"Initial_Punctuation", "Pi"},
    {"LC", "L&"},
    {"Letter", "L"},
    {"Letter_Number", "Nl"},
    {"Line_Separator", "Zl"},
    {"Lowercase_Letter", "Ll"},
    {"Mark", "M"},
    {"Math_Symbol", "Sm"},
    {"Modifier_Letter", "Lm"},
    {"Modifier_Symbol", "Sk"},
    {"Nonspacing_Mark", "Mn"},
    {"Number", "N"},
    {"Open_Punctuation", "Ps"},
    {"Other", "C"},
    {"Other_Letter", "Lo"},
    {"Other_Number", "No"},
    {"Other_Punctuation", "Po"},
    {"Other_Symbol", "So"},
    {"Paragraph_Separator", "Zp"},
    {"Private_Use", "Co"},
    {"Punctuation", "P"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Spacing_Mark", "Mc"},
    {"Surrogate", "Cs"},
    {"Symbol", "S"},
    {"Titlecase_Letter", "Lt"},
    {"Unassigned", "Cn"},
    {"Uppercase_Letter", "Lu"},
    {"cntrl", "Cc"},
    {"digit", "Nd"},
    {"punct", "P"},
}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Translator {
 public:
  explicit Translator(std::string_view text) : text_(text) {}

  Result<std::string> run() {
    while (at_ < text_.size()) MOPS_TRY(step());
    return std::move(out_);
  }

 private:
  [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool next_is(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  tl::unexpected<Error> refuse(std::string_view what) const {
    return fail(ErrorCode::invalid, fmt::format("`{}` is not a regular expression of ECMA-262: {}", text_, what));
  }

  void take(size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }
  void replace(size_t count, std::string_view by) {
    out_ += by;
    at_ += count;
  }

  Result<void> step() {
    switch (peek()) {
      case '\\': quantified_ = false; return escape(Place::outside);
      case '[': quantified_ = false; return character_class();
      case '(': quantified_ = false; return group();
      case '.':
        quantified_ = false;
        replace(1, R"([^\n\r\x{2028}\x{2029}])");
        return {};
      case '*':
      case '+':
      case '?': return quantifier(1);
      case '{': {
        const size_t end = text_.find('}', at_);
        const bool counted = end != std::string_view::npos && is_digit(peek(1));
        if (counted) return quantifier(end - at_ + 1);
        replace(1, "\\{");
        quantified_ = false;
        return {};
      }
      default:
        quantified_ = false;
        take(1);
        return {};
    }
  }

  Result<void> quantifier(size_t size) {
    if (quantified_) return refuse("a quantifier follows a quantifier");
    take(size);
    if (peek() == '?') take(1);
    quantified_ = true;
    return {};
  }

  Result<void> group() {
    if (next_is("(*")) return refuse("nothing to repeat after `(`");
    if (!next_is("(?")) {
      take(1);
      return {};
    }
    constexpr std::array<std::string_view, 5> k_kinds = {"(?:", "(?=", "(?!", "(?<=", "(?<!"};
    for (const std::string_view kind : k_kinds) {
      if (!next_is(kind)) continue;
      take(kind.size());
      return {};
    }
    if (next_is("(?<") && (is_letter(peek(3)) || peek(3) == '_' || peek(3) == '$')) {
      take(3);
      return {};
    }
    return refuse(fmt::format("`{}` begins no group", text_.substr(at_, 3)));
  }

  Result<void> character_class() {
    if (next_is("[]")) {
      replace(2, "(?!)");
      return {};
    }
    if (next_is("[^]")) {
      replace(3, R"([\x{0}-\x{10ffff}])");
      return {};
    }
    take(1);
    if (peek() == '^') take(1);
    while (peek() != ']') {
      if (at_ >= text_.size()) return refuse("`[` is not closed");
      if (peek() == '\\') MOPS_TRY(escape(Place::inside_class));
      else if (peek() == '[') replace(1, "\\[");
      else take(1);
    }
    take(1);
    return {};
  }

  enum class Place { outside, inside_class };

  void emit_class(std::string_view inside, Place place, size_t size) {
    replace(size, place == Place::outside ? fmt::format("[{}]", inside) : std::string(inside));
  }

  Result<void> escape(Place place) {
    if (at_ + 1 >= text_.size()) return refuse("it ends in `\\`");
    const char c = peek(1);
    switch (c) {
      case 's': emit_class(k_space, place, 2); return {};
      case 'S': emit_class(k_not_space, place, 2); return {};
      case 'u': return unicode_escape();
      case 'p':
      case 'P': return property();
      case 'c':
        if (!is_letter(peek(2))) return refuse("`\\c` needs a letter");
        take(3);
        return {};
      case 'x':
        if (!hex(at_ + 2, 2)) return refuse("`\\x` needs two hexadecimal digits");
        take(4);
        return {};
      case '0':
        if (is_digit(peek(2))) return refuse("`\\0` is followed by a digit");
        replace(2, "\\x00");
        return {};
      default: break;
    }
    constexpr std::string_view k_letters = "dDwWbBfnrtvk";
    // In PCRE2 `\v` is a class of its own.
    if (c == 'v') {
      replace(2, "\\x0b");
      return {};
    }
    if (is_letter(c) && k_letters.find(c) == std::string_view::npos) return refuse(fmt::format("unknown escape `\\{}`", c));
    take(2);
    return {};
  }

  [[nodiscard]] std::optional<uint32_t> hex(size_t from, size_t digits) const {
    if (from + digits > text_.size() || digits == 0 || digits > 8) return std::nullopt;
    uint32_t value = 0;
    for (const char c : text_.substr(from, digits)) {
      if (!is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f')) return std::nullopt;
      value = value * 16 + static_cast<uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
  }

  Result<void> unicode_escape() {
    if (peek(2) == '{') {
      const size_t end = text_.find('}', at_);
      const auto value = end == std::string_view::npos ? std::nullopt : hex(at_ + 3, end - at_ - 3);
      if (!value) return refuse("`\\u{` needs hexadecimal digits and `}`");
      replace(end - at_ + 1, fmt::format("\\x{{{:x}}}", *value));
      return {};
    }
    auto value = hex(at_ + 2, 4);
    if (!value) return refuse("`\\u` needs four hexadecimal digits");
    size_t size = 6;
    const auto low = text_.substr(at_ + 6).starts_with("\\u") ? hex(at_ + 8, 4) : std::nullopt;
    if (*value >= 0xD800 && *value < 0xDC00 && low && *low >= 0xDC00 && *low < 0xE000) {
      value = 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
      size = 12;
    }
    replace(size, fmt::format("\\x{{{:x}}}", *value));
    return {};
  }

  Result<void> property() {
    const size_t end = text_.find('}', at_);
    if (peek(2) != '{' || end == std::string_view::npos) return refuse("`\\p` needs a name in braces");
    std::string_view name = text_.substr(at_ + 3, end - at_ - 3);
    if (const size_t equals = name.find('='); equals != std::string_view::npos) name = name.substr(equals + 1);
    const auto* found = std::find_if(k_categories.begin(), k_categories.end(), [&](const auto& entry) { return entry.first == name; });
    if (found != k_categories.end()) name = found->second;
    if (!std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '&'; }))
      return refuse("a name of a property has letters and `_` only");
    const std::string escape = fmt::format("\\{}{{{}}}", peek(1), name);
    replace(end - at_ + 1, escape);
    return {};
  }

  std::string_view text_;
  size_t at_ = 0;
  bool quantified_ = false;
  std::string out_;
};

}  // namespace

Result<std::string> translate_ecma_pattern(std::string_view expression) { return Translator(expression).run(); }

}  // namespace mops::policy
