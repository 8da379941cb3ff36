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

/// How many different values a column may have to be taken for labels, what they are called, and what to do about more.
struct LabelLimit {
  size_t most = 0;
  std::string_view what;
  std::string_view help;
};
inline constexpr LabelLimit k_classes = {.most = 10'000, .what = "classes", .help = "are these numbers? then the task is regression"};

/// The same class may be written `1` or `1.0` (as tables with missing values do): `1` of both. Anything else is itself.
[[nodiscard]] std::string_view class_name(std::string_view text);
/// Of two classes, `true` and `1` are the same as well, and so are `false` and `0`.
[[nodiscard]] bool is_same_class(std::string_view a, std::string_view b);

/// Collects labels row by row.
class LabelWriter {
 public:
  LabelWriter(size_t rows, const LabelLimit& limit) : most_(limit.most) { labels_.codes.reserve(rows); }

  /// False: one more than the limit, nothing was added.
  [[nodiscard]] bool add(std::string_view text);
  [[nodiscard]] bool add(int64_t number);
  [[nodiscard]] bool add(uint64_t number);
  [[nodiscard]] Labels finish() &&;

 private:
  size_t most_;
  Labels labels_;  ///< classes in the order of their first rows
  std::unordered_map<std::string, uint32_t> code_of_;
  std::array<uint32_t, 256> code_of_small_{};  ///< of small numbers, plus 1
};

}  // namespace mops::tensor
