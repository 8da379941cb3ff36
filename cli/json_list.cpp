#include "cli/json_list.h"

#include "base/text.h"

namespace mops::cli {

std::string indented_json(const document::Value& value, size_t depth) {
  std::string text = to_json(value, document::JsonLayout::indented);
  text.pop_back();
  // No string of JSON has a line break in it.
  return replace_all(text, "\n", "\n" + std::string(2 * depth, ' '));
}

std::string JsonList::next(const document::Value& item) {
  std::string out = is_empty_ ? "\n" : ",\n";
  is_empty_ = false;
  return out + std::string(2 * depth_, ' ') + indented_json(item, depth_);
}

std::string JsonList::end() const { return is_empty_ ? "]" : "\n" + std::string(2 * (depth_ - 1), ' ') + "]"; }

}  // namespace mops::cli
