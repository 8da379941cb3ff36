#include "document/pointer.h"

#include "base/text.h"

#include <charconv>
#include <optional>

namespace mops::document {
namespace {

std::optional<size_t> parse_index(std::string_view token) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
  return index;
}

/// nullopt: a `~` that is neither `~0` nor `~1`.
std::optional<std::string> unescape(std::string_view token) {
  std::string key;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      key += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    key += token[i] == '0' ? '~' : '/';
  }
  return key;
}

bool find_path(const Node& from, const Node& node, std::string& pointer) {
  if (&from == &node) return true;
  const size_t length = pointer.size();
  for (size_t i = 0; i < from.items.size(); ++i) {
    append_step(pointer, i);
    if (find_path(from.items[i], node, pointer)) return true;
    pointer.resize(length);
  }
  for (const Entry& entry : from.entries) {
    append_step(pointer, entry.key.text);
    if (&entry.key == &node || find_path(entry.value, node, pointer)) return true;
    pointer.resize(length);
  }
  return false;
}

}  // namespace

void append_step(std::string& pointer, const Step& step) {
  pointer += '/';
  if (const auto* index = std::get_if<size_t>(&step)) {
    pointer += std::to_string(*index);
    return;
  }
  for (const char c : std::get<std::string_view>(step)) {
    if (c == '~') pointer += "~0";
    else if (c == '/') pointer += "~1";
    else pointer += c;
  }
}

std::string pointer_of(std::span<const Step> steps) {
  std::string pointer;
  for (const Step& step : steps) append_step(pointer, step);
  return pointer;
}

std::string pointer_of(const Node& root, const Node& node) {
  std::string pointer;
  find_path(root, node, pointer);
  return pointer;
}

const Node* find_pointer(const Node& root, std::string_view pointer) {
  if (pointer.empty()) return &root;
  if (pointer[0] != '/') return nullptr;
  const Node* node = &root;
  for (const std::string_view token : split(pointer.substr(1), '/')) {
    if (node->kind == NodeKind::list) {
      const auto index = parse_index(token);
      node = index && *index < node->items.size() ? &node->items[*index] : nullptr;
    } else {
      const auto key = unescape(token);
      node = key ? node->find(*key) : nullptr;
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace mops::document
