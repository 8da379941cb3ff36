// Any bytes as JSON: a tree exactly when a second, recursive reader of RFC 8259 takes them; with true places, and the same when it
// is written and read again.
#include "base/text.h"
#include "document/value.h"
#include "fuzz/tree_check.h"

#include <cstddef>
#include <cstdint>

using namespace mops;
using namespace mops::document;

namespace {

/// The grammar of RFC 8259, letter by letter.
class Grammar {
 public:
  explicit Grammar(std::string_view text) : text_(text) {}

  [[nodiscard]] bool holds() {
    take("\xEF\xBB\xBF");
    return !find_invalid_utf8(text_) && element(0) && text_.empty();
  }

 private:
  static constexpr int k_deepest = 1000;

  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void space() { text_.remove_prefix(std::min(text_.size(), text_.find_first_not_of(" \t\r\n"))); }

  bool element(int depth) {
    space();
    const bool is_value = value(depth);
    space();
    return is_value;
  }

  bool value(int depth) {
    if (take("true") || take("false") || take("null")) return true;
    if (take("[")) return depth < k_deepest && rest("]", [&] { return element(depth + 1); });
    if (take("{")) return depth < k_deepest && rest("}", [&] { return member(depth + 1); });
    return text_.starts_with('"') ? string() : number();
  }

  bool member(int depth) {
    space();
    if (!string()) return false;
    space();
    return take(":") && element(depth);
  }

  template <typename Part>
  bool rest(std::string_view closing, Part part) {
    space();
    if (take(closing)) return true;
    do {
      if (!part()) return false;
    } while (take(","));
    return take(closing);
  }

  bool digits() {
    const size_t count = std::min(text_.size(), text_.find_first_not_of("0123456789"));
    text_.remove_prefix(count);
    return count > 0;
  }

  bool number() {
    take("-");
    if (!take("0") && !digits()) return false;
    if (take(".") && !digits()) return false;
    if (!take("e") && !take("E")) return true;
    if (!take("+")) take("-");
    return digits();
  }

  bool string() {
    if (!take("\"")) return false;
    while (!text_.empty() && static_cast<unsigned char>(text_[0]) >= 0x20) {
      if (take("\"")) return true;
      if (!take("\\")) {
        text_.remove_prefix(1);
        continue;
      }
      if (text_.empty() || std::string_view("\"\\/bfnrtu").find(text_[0]) == std::string_view::npos) return false;
      const bool is_unit = take("u");
      if (is_unit && (text_.size() < 4 || text_.substr(0, 4).find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)) return false;
      text_.remove_prefix(is_unit ? 4 : 1);
    }
    return false;
  }

  std::string_view text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Document document = parse_json({.path = "a.json", .text = std::string(reinterpret_cast<const char*>(data), size)});
  fuzz::check_places(document);
  fuzz::expect((document.root() != nullptr) == Grammar(document.source().text).holds(), "the reader and the grammar of RFC 8259 differ");
  if (!document.is_sound()) return 0;
  const Value value = Value::of(*document.root());
  const std::string json = to_json(value);
  const Document again = parse_json({.path = "again.json", .text = json});
  fuzz::expect(again.is_sound() && to_json(Value::of(*again.root())) == json, "a document changes when it is written and read again");
  return 0;
}
