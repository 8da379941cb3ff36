#include "tensor/labels.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mops::tensor {

std::string_view class_name(std::string_view text) {
  constexpr std::string_view k_tail = ".0";
  const bool is_whole = text.ends_with(k_tail) && text.size() > k_tail.size() && text.find_first_not_of("-0123456789") == text.size() - k_tail.size();
  return is_whole ? text.substr(0, text.size() - k_tail.size()) : text;
}

bool is_same_class(std::string_view a, std::string_view b) {
  const auto canonical = [](std::string_view text) -> std::string_view {
    if (text == "true" || text == "True" || text == "TRUE") return "1";
    if (text == "false" || text == "False" || text == "FALSE") return "0";
    return class_name(text);
  };
  return canonical(a) == canonical(b);
}

bool LabelWriter::add(std::string_view text) {
  const auto [entry, is_new] = code_of_.try_emplace(std::string(class_name(text)), static_cast<uint32_t>(labels_.classes.size()));
  if (is_new) {
    if (labels_.classes.size() == most_) {
      code_of_.erase(entry);
      return false;
    }
    labels_.classes.push_back(entry->first);
  }
  labels_.codes.push_back(entry->second);
  return true;
}

bool LabelWriter::add(uint64_t number) {
  if (number >= code_of_small_.size()) return add(std::string_view(fmt::format("{}", number)));
  if (const uint32_t known = code_of_small_[number]; known != 0) {
    labels_.codes.push_back(known - 1);
    return true;
  }
  if (!add(std::string_view(fmt::format("{}", number)))) return false;
  code_of_small_[number] = labels_.codes.back() + 1;
  return true;
}

bool LabelWriter::add(int64_t number) {
  return number >= 0 ? add(static_cast<uint64_t>(number)) : add(std::string_view(fmt::format("{}", number)));
}

Labels LabelWriter::finish() && {
  std::vector<uint32_t> order(labels_.classes.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return labels_.classes[a] < labels_.classes[b]; });
  std::vector<uint32_t> place(order.size());
  std::vector<std::string> sorted;
  for (uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    sorted.push_back(std::move(labels_.classes[order[i]]));
  }
  for (uint32_t& code : labels_.codes) code = place[code];
  labels_.classes = std::move(sorted);
  return std::move(labels_);
}

}  // namespace mops::tensor
