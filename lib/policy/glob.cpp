#include "policy/glob.h"

#include <vector>

namespace mops::policy {
namespace {

/// One name against one part of a pattern, without `/`: the last star takes what is left over.
bool fits_name(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t taken = 0;
  for (size_t n = 0; n < name.size();) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && pattern[p] == name[n]))) {
      // `?` stands for a whole code point of UTF-8.
      const bool is_any = pattern[p++] == '?';
      do ++n;
      while (is_any && n < name.size() && (static_cast<unsigned char>(name[n]) & 0xC0) == 0x80);
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    parts.push_back(path.substr(0, slash));
    path.remove_prefix(slash + 1);
  }
  parts.push_back(path);
  return parts;
}

}  // namespace

bool fits_glob(std::string_view pattern, std::string_view path) {
  const auto patterns = parts_of(pattern);
  const auto names = parts_of(path);
  // reached[n]: the patterns so far can end just before name n.
  std::vector<bool> reached(names.size() + 1, false);
  reached[0] = true;
  for (const std::string_view part : patterns) {
    std::vector<bool> next(names.size() + 1, false);
    for (size_t n = 0; n <= names.size(); ++n) {
      if (!reached[n]) continue;
      if (part == "**") {
        for (size_t end = n; end <= names.size(); ++end) next[end] = true;
        break;
      }
      if (n < names.size() && fits_name(part, names[n])) next[n + 1] = true;
    }
    reached = std::move(next);
  }
  return reached[names.size()];
}

}  // namespace mops::policy
