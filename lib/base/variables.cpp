#include "base/process.h"

#include <unistd.h>

namespace mops {

Variables Variables::of_this_process() {
  Variables variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) variables.set(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
  return variables;
}

std::optional<std::string> Variables::get(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return std::nullopt;
}

void Variables::set(std::string name, std::string value) {
  for (auto& [key, old] : values_) {
    if (key != name) continue;
    old = std::move(value);
    return;
  }
  values_.emplace_back(std::move(name), std::move(value));
}

void Variables::unset(std::string_view name) {
  std::erase_if(values_, [&](const auto& entry) { return entry.first == name; });
}

std::vector<std::string> Variables::environment() const {
  std::vector<std::string> out;
  out.reserve(values_.size());
  for (const auto& [key, value] : values_) out.push_back(key + "=" + value);
  return out;
}

std::optional<Path> find_program(std::string_view program, const Variables& variables) {
  if (program.find('/') != std::string_view::npos) {
    if (::access(std::string(program).c_str(), X_OK) == 0) return Path(program);
    return std::nullopt;
  }
  std::string_view folders = "/usr/local/bin:/usr/bin:/bin";
  const std::optional<std::string> path = variables.get("PATH");
  if (path) folders = *path;
  while (true) {
    const size_t end = folders.find(':');
    const Path candidate = Path(folders.substr(0, end)) / program;
    if (::access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate)) return candidate;
    if (end == std::string_view::npos) return std::nullopt;
    folders.remove_prefix(end + 1);
  }
}

}  // namespace mops
