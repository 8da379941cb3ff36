#pragma once

#include "base/source.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mops::scaffold {

/// The lines of a file that belong to the policy: those between a line `mops:begin NAME` and a line `mops:end NAME`, each a comment
/// by itself in whatever syntax the file has (`#`, `//`, `--`, `%`, `;`, `<!-- -->`). Offsets are in bytes.
struct Block {
  std::string name;
  std::string indent;        ///< blanks in front of its first marker, which belong to each of its lines
  size_t begin = 0;          ///< of the line `mops:begin`
  size_t content_begin = 0;  ///< after that line
  size_t content_end = 0;    ///< of the line `mops:end`
  size_t end = 0;            ///< after that line
  Span marker;               ///< `mops:begin NAME` with its comment sign
};

/// A marker that cannot be understood: without its other half, nested, twice, without a name.
struct MarkerProblem {
  Span marker;
  std::string message;
  std::string help;
};

struct BlockScan {
  std::vector<Block> blocks;  ///< in the order of the file
  std::vector<MarkerProblem> problems;

  [[nodiscard]] const Block* find(std::string_view name) const;
};

BlockScan scan_blocks(std::string_view text);

/// Lines of a block, from the indentation of one place to that of another. Empty lines stay empty.
std::string reindented(std::string_view lines, std::string_view from, std::string_view to);

}  // namespace mops::scaffold
