#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mops::page {

enum class Column { text, number };

/// Cells of HTML (escape texts first). Each row has as many cells as there are columns.
struct Table {
  std::vector<std::pair<std::string, Column>> columns;
  std::vector<std::vector<std::string>> rows;
};
std::string table(const Table& table);

/// A whole document that needs no other file and no network: `body` is HTML, `title` text. Follows the reader's light or dark, and prints.
std::string document(std::string_view title, std::string_view body);

}  // namespace mops::page
