#include "base/diagnostic.h"

#include <tuple>

namespace mops {

bool shown_before(const Diagnostic& a, const Diagnostic& b) {
  const auto key = [](const Diagnostic& d) {
    const Position begin = d.location.span ? d.location.span->begin : Position{.line = 0, .column = 0};
    return std::tuple(std::string_view(d.location.path), begin.line, begin.column, std::string_view(d.rule));
  };
  return key(a) < key(b);
}

}  // namespace mops
