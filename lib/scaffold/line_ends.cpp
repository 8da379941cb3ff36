#include "scaffold/line_ends.h"

#include "base/text.h"

namespace mops::scaffold {

LineEnds line_ends_of(std::string_view text) {
  bool any = false;
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') return LineEnds::lf;
    any = true;
  }
  return any ? LineEnds::crlf : LineEnds::lf;
}

std::string with_line_ends(std::string_view text, LineEnds ends) {
  if (ends == LineEnds::lf || text.find('\r') != std::string_view::npos) return std::string(text);
  return replace_all(text, "\n", "\r\n");
}

}  // namespace mops::scaffold
