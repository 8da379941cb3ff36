#include "document/number_text.h"
#include "document/value.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace mops::document {
namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";

std::string as_utf8(std::string_view text) {
  std::string out;
  while (const auto bad = find_invalid_utf8(text)) {
    out += text.substr(0, *bad);
    out += k_replacement;
    text.remove_prefix(*bad + 1);
  }
  return out += text;
}

void append_string(std::string& out, std::string_view raw) {
  const std::string text = as_utf8(raw);
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        else out += c;
    }
  }
  out += '"';
}

/// Lines and indentation; none for compact text.
class Layout {
 public:
  Layout(std::string& out, JsonLayout kind) : out_(out), is_indented_(kind == JsonLayout::indented) {}

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
  }

  void close(char bracket) {
    --depth_;
    break_line();
    out_ += bracket;
  }

  void separate(bool is_first) {
    if (!is_first) out_ += ',';
    break_line();
  }

  void colon() { out_ += is_indented_ ? ": " : ":"; }

 private:
  void break_line() {
    if (!is_indented_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string& out_;
  bool is_indented_;
  size_t depth_ = 0;
};

class JsonWriter {
 public:
  JsonWriter(std::string& out, JsonLayout layout) : out_(out), layout_(out, layout) {}

  void operator()(std::monostate) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(int64_t value) { out_ += std::to_string(value); }
  void operator()(double value) { out_ += std::isfinite(value) ? number_with_point(value) : "null"; }
  void operator()(const std::string& value) { append_string(out_, value); }

  void operator()(const Value::List& items) {
    if (items.empty()) {
      out_ += "[]";
      return;
    }
    layout_.open('[');
    for (const Value& item : items) {
      layout_.separate(&item == &items.front());
      write(item);
    }
    layout_.close(']');
  }

  void operator()(const Value::Map& entries) {
    if (entries.empty()) {
      out_ += "{}";
      return;
    }
    layout_.open('{');
    for (const auto& entry : entries) {
      layout_.separate(&entry == &entries.front());
      append_string(out_, entry.first);
      layout_.colon();
      write(entry.second);
    }
    layout_.close('}');
  }

  void write(const Value& value) { std::visit(*this, value.alternatives()); }

 private:
  std::string& out_;
  Layout layout_;
};

/// In the order of UTF-16 code units, which is that of UTF-8 bytes but for characters beyond U+FFFF: their surrogates come
/// before U+E000 to U+FFFF.
bool is_before_in_utf16(std::string_view a, std::string_view b) {
  const auto [i, j] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (i == a.end() || j == b.end()) return i == a.end() && j != b.end();
  const auto x = static_cast<unsigned char>(*i), y = static_cast<unsigned char>(*j);
  if (x >= 0xF0 && (y == 0xEE || y == 0xEF)) return true;
  if (y >= 0xF0 && (x == 0xEE || x == 0xEF)) return false;
  return x < y;
}

class CanonicalWriter {
 public:
  explicit CanonicalWriter(std::string& out) : out_(out) {}

  void operator()(std::monostate) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(int64_t value) { out_ += ecmascript_number(static_cast<double>(value)); }
  void operator()(double value) { out_ += std::isfinite(value) ? ecmascript_number(value) : "null"; }
  void operator()(const std::string& value) { append_string(out_, value); }

  void operator()(const Value::List& items) {
    out_ += '[';
    for (const Value& item : items) {
      if (&item != &items.front()) out_ += ',';
      write(item);
    }
    out_ += ']';
  }

  void operator()(const Value::Map& entries) {
    std::vector<std::pair<std::string, const Value*>> sorted;
    for (const auto& [key, value] : entries) sorted.emplace_back(as_utf8(key), &value);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return is_before_in_utf16(a.first, b.first); });
    out_ += '{';
    for (const auto& entry : sorted) {
      if (&entry != &sorted.front()) out_ += ',';
      append_string(out_, entry.first);
      out_ += ':';
      write(*entry.second);
    }
    out_ += '}';
  }

  void write(const Value& value) { std::visit(*this, value.alternatives()); }

 private:
  std::string& out_;
};

}  // namespace

std::string to_json(const Value& value, JsonLayout layout) {
  std::string out;
  JsonWriter(out, layout).write(value);
  if (layout == JsonLayout::indented) out += '\n';
  return out;
}

std::string to_canonical_json(const Value& value) {
  std::string out;
  CanonicalWriter(out).write(value);
  return out;
}

}  // namespace mops::document
