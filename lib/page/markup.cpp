#include "page/markup.h"

#include "base/text.h"

namespace mops::page {
namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";

void add(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) out += k_replacement;
    else out += c;
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (const auto broken = find_invalid_utf8(text)) {
    add(text.substr(0, *broken), out);
    out += k_replacement;
    text.remove_prefix(*broken + 1);
  }
  add(text, out);
  return out;
}

}  // namespace mops::page
