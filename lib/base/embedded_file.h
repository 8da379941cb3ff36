#pragma once

#include <span>
#include <string_view>

namespace mops {

/// A file that was compiled into the binary. `path` is relative to the embedded folder, with `/`.
struct EmbeddedFile {
  std::string_view path;
  std::string_view content;
};

/// One function per embedded folder, sorted by path; defined by cmake/Embed.cmake, linked into the program (mops_embedded).
/// Only cli/ calls them: rooms are given the files they need.
namespace embedded {
std::span<const EmbeddedFile> templates();
std::span<const EmbeddedFile> schemas();
std::span<const EmbeddedFile> man();
}  // namespace embedded

}  // namespace mops
