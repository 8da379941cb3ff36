#include "comparison/package_list.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace mops::comparison {
namespace {

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("._-+/[],").find(c) != std::string_view::npos;
}

struct Package {
  std::string_view name;
  std::string_view version;
};

std::optional<Package> read_line(std::string_view line) {
  const auto end = static_cast<size_t>(std::find_if_not(line.begin(), line.end(), is_name) - line.begin());
  Package package{.name = line.substr(0, end), .version = {}};
  std::string_view rest = line.substr(end);
  const bool is_spaced = rest.starts_with(' ') || rest.starts_with('\t');
  rest = trim(rest);
  const bool has_operator = rest.starts_with('=') || rest.starts_with('@');
  while (rest.starts_with('=') || rest.starts_with('@')) rest.remove_prefix(1);
  rest = trim(rest);
  package.version = rest.substr(0, rest.find_first_of(" \t;\\,"));
  const bool is_version = !package.version.empty() && ((package.version[0] >= '0' && package.version[0] <= '9') || package.version[0] == 'v' || has_operator);
  if (package.name.empty() || !is_version || !(has_operator || is_spaced)) return std::nullopt;
  return package;
}

}  // namespace

std::optional<std::map<std::string, std::string>> read_package_list(std::string_view text) {
  std::map<std::string, std::string> packages;
  for (std::string_view line : split(text, '\n')) {
    if (line.starts_with(' ') || line.starts_with('\t') || line.starts_with('#') || line.starts_with('-')) continue;
    line = trim(line.substr(0, line.find(" #")));
    if (line.empty()) continue;
    const auto package = read_line(line);
    if (!package) return std::nullopt;
    packages[std::string(package->name)] = package->version;
  }
  if (packages.empty()) return std::nullopt;
  return packages;
}

}  // namespace mops::comparison
