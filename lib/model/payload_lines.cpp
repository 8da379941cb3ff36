#include "model/payload.h"

#include "base/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::model {
namespace {

std::optional<std::string> unescaped_name(std::string_view name) {
  std::string path;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '\\') {
      path += name[i];
      continue;
    }
    if (++i == name.size()) return std::nullopt;
    if (name[i] == '\\') path += '\\';
    else if (name[i] == 'n') path += '\n';
    else if (name[i] == 'r') path += '\r';
    else return std::nullopt;
  }
  return path;
}

bool leaves_the_folder(std::string_view path) {
  const std::vector<std::string_view> parts = split(path, '/');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

std::optional<PayloadFile> parse_line(std::string_view line) {
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  constexpr size_t k_hex = 64;
  if (line.size() <= k_hex + 2 || line.substr(k_hex, 2) != "  ") return std::nullopt;
  const auto digest = Digest::parse(line.substr(0, k_hex));
  const std::string_view name = line.substr(k_hex + 2);
  const auto path = escaped ? unescaped_name(name) : std::optional(std::string(name));
  if (!digest || !path || leaves_the_folder(*path)) return std::nullopt;
  return PayloadFile{.path = *path, .digest = *digest};
}

}  // namespace

Result<Payload> parse_payload_lines(std::string_view lines) {
  const std::string_view all_lines = lines;
  Payload payload;
  size_t number = 0;
  while (!lines.empty()) {
    ++number;
    const size_t end = lines.find('\n');
    const auto file = end == std::string_view::npos ? std::nullopt : parse_line(lines.substr(0, end));
    if (!file || (!payload.files.empty() && file->path <= payload.files.back().path))
      return fail(ErrorCode::invalid, fmt::format("line {} is not a line of a payload", number), "`mops payload` prints them");
    payload.files.push_back(*file);
    lines.remove_prefix(end + 1);
  }
  // One payload has one text: a line that is escaped without need, or in capital hex, would give it a second digest.
  if (payload.lines() != all_lines) return fail(ErrorCode::invalid, "these are not the lines of a payload as they are printed", "`mops payload` prints them");
  return payload;
}

}  // namespace mops::model
