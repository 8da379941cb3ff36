#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mops::tensor {

/// The class of each row: `classes[codes[row]]`. Classes are unique and sorted by bytes; each has a row.
struct Labels {
  std::vector<std::string> classes;
  std::vector<uint32_t> codes;
};

/// The same class may be written `1` or `1.0` (as tables with missing values do): `1` of both. Anything else is itself.
[[nodiscard]] std::string_view class_name(std::string_view text);
/// Of two classes, `true` and `1` are the same as well, and so are `false` and `0`.
[[nodiscard]] bool is_same_class(std::string_view a, std::string_view b);

/// Collects labels row by row.
class LabelWriter {
 public:
  explicit LabelWriter(size_t rows) { labels_.codes.reserve(rows); }

  /// False: too many classes for a classification, nothing was added.
  [[nodiscard]] bool add(std::string_view text);
  [[nodiscard]] bool add(int64_t number);
  [[nodiscard]] bool add(uint64_t number);
  [[nodiscard]] Labels finish() &&;

  static constexpr size_t k_most_classes = 10'000;

 private:
  Labels labels_;  ///< classes in the order of their first rows
  std::unordered_map<std::string, uint32_t> code_of_;
  std::array<uint32_t, 256> code_of_small_{};  ///< of small numbers, plus 1
};

}  // namespace mops::tensor
