#include "cli/source_texts.h"

#include <algorithm>

namespace mops::cli {

void SourceTexts::add(const std::string& path, std::string bytes) {
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  Text text{.bytes = std::move(bytes), .line_begins = {}};
  text.line_begins.push_back(text.bytes.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0);
  for (size_t end = text.bytes.find('\n'); end != std::string::npos; end = text.bytes.find('\n', end + 1)) text.line_begins.push_back(end + 1);
  texts_.insert_or_assign(path, std::move(text));
}

void SourceTexts::hide(const std::string& path, const Span& span) {
  constexpr size_t k_shown = 4;
  const auto found = texts_.find(path);
  if (found == texts_.end()) return;
  std::string& bytes = found->second.bytes;
  for (size_t i = span.begin.offset + k_shown; i < std::min<size_t>(span.end.offset, bytes.size()); ++i)
    if (bytes[i] != '\n' && bytes[i] != '\r') bytes[i] = '*';
}

std::optional<std::string_view> SourceTexts::line(const std::string& path, uint32_t number) const {
  const auto found = texts_.find(path);
  if (found == texts_.end() || number == 0 || number > found->second.line_begins.size()) return std::nullopt;
  const Text& text = found->second;
  std::string_view line = std::string_view(text.bytes).substr(text.line_begins[number - 1]);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace mops::cli
