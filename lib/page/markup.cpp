#include "page/markup.h"

namespace mops::page {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) out += "\xEF\xBF\xBD";
    else out += c;
  }
  return out;
}

}  // namespace mops::page
