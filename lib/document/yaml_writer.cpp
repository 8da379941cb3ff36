#include "base/character.h"
#include "document/number_text.h"
#include "document/value.h"

#include <yaml-cpp/emitter.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mops::document {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Words that readers of YAML 1.1 take for booleans; 1.2 does not, but they are many.
bool is_word_of_yaml_1_1(std::string_view text) {
  static constexpr std::array<std::string_view, 8> k_words = {"y", "n", "yes", "no", "on", "off", "true", "false"};
  std::string lower(text);
  for (char& c : lower) c = is_letter(c) ? static_cast<char>(c | 0x20) : c;
  return lower == "null" || std::find(k_words.begin(), k_words.end(), lower) != k_words.end();
}

/// Only text that every reader of YAML takes for the same string: begins with a letter, `_` or `/`, and holds nothing that could
/// end it.
bool is_safe_plain(std::string_view text) {
  static constexpr std::string_view k_harmless = "_-./@+=()<>%^~;$!?*&'\",|";
  if (text.empty() || !(is_letter(text[0]) || text[0] == '_' || text[0] == '/') || is_word_of_yaml_1_1(text)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_last = i + 1 == text.size();
    const bool is_fine = is_letter(c) || is_digit(c) || k_harmless.find(c) != std::string_view::npos ||
                         (c == ' ' && !is_last && text[i + 1] != ' ' && text[i + 1] != '#') || (c == ':' && !is_last && text[i + 1] != ' ');
    if (!is_fine && static_cast<unsigned char>(c) < 0x80) return false;
  }
  return true;
}

/// Characters that the emitter would write as they are and that our reader refuses.
bool has_unwritable(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0x7F || c == 0xEF || c == 0xC2) return true;
    if (c == 0xE2 && text.substr(i, 2) == "\xE2\x80") return true;
  }
  return false;
}

/// Lines that a literal block keeps exactly: no leading space that would look like indentation, one line break at the end.
bool is_literal(std::string_view text) {
  if (text.size() < 3 || text.front() == ' ' || text.front() == '\n' || !text.ends_with('\n') || text.ends_with("\n\n")) return false;
  if (text.find('\n') == text.size() - 1) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n'; });
}

class YamlWriter {
 public:
  YamlWriter() { out_.SetIndent(2); }

  void operator()(std::monostate) { out_ << YAML::Null; }
  void operator()(bool value) { out_ << value; }
  void operator()(int64_t value) { out_ << value; }

  void operator()(double value) {
    if (std::isnan(value)) out_ << ".nan";
    else if (std::isinf(value)) out_ << (value < 0 ? "-.inf" : ".inf");
    else out_ << number_with_point(value);
  }

  void operator()(const std::string& value) {
    const bool is_odd = has_unwritable(value);
    if (!is_odd && is_safe_plain(value)) out_ << value;
    else if (!is_odd && is_literal(value)) out_ << YAML::Literal << value.substr(0, value.size() - 1);
    else if (is_odd) out_ << YAML::EscapeNonAscii << YAML::DoubleQuoted << value;
    else out_ << YAML::DoubleQuoted << value;
  }

  void operator()(const Value::List& items) {
    if (items.empty()) out_ << YAML::Flow;
    out_ << YAML::BeginSeq;
    for (const Value& item : items) write(item);
    out_ << YAML::EndSeq;
  }

  void operator()(const Value::Map& entries) {
    if (entries.empty()) out_ << YAML::Flow;
    out_ << YAML::BeginMap;
    for (const auto& [key, value] : entries) {
      out_ << YAML::Key;
      write_key(key);
      out_ << YAML::Value;
      write(value);
    }
    out_ << YAML::EndMap;
  }

  void write(const Value& value) { std::visit(*this, value.alternatives()); }
  [[nodiscard]] std::string text() const { return std::string(out_.c_str(), out_.size()) + "\n"; }

 private:
  void write_key(const std::string& key) {
    if (is_safe_plain(key) && !has_unwritable(key)) out_ << key;
    else if (has_unwritable(key)) out_ << YAML::EscapeNonAscii << YAML::DoubleQuoted << key;
    else out_ << YAML::DoubleQuoted << key;
  }

  YAML::Emitter out_;
};

}  // namespace

std::string to_yaml(const Value& value) {
  YamlWriter writer;
  writer.write(value);
  return writer.text();
}

}  // namespace mops::document
