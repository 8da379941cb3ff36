#pragma once

#include "base/source.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::cli {

/// The texts of the files that findings point into, by the paths that the findings have.
class SourceTexts {
 public:
  void add(const std::string& path, std::string text);
  /// Puts `*` over a part of a text, but for its first characters: what is shown goes into logs that more people read.
  void hide(const std::string& path, const Span& span);
  [[nodiscard]] bool contains(const std::string& path) const { return texts_.contains(path); }

  /// A line (from 1) without its end and without a byte order mark; nullopt when there is no such text or line.
  [[nodiscard]] std::optional<std::string_view> line(const std::string& path, uint32_t number) const;

 private:
  struct Text {
    std::string bytes;
    std::vector<size_t> line_begins;
  };
  std::map<std::string, Text> texts_;
};

}  // namespace mops::cli
