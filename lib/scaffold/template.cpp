#include "scaffold/template.h"

namespace mops::scaffold {

std::string render(std::string_view text, const TemplateValues& values) {
  constexpr std::string_view k_open = "{{ ";
  constexpr std::string_view k_close = " }}";
  std::string out;
  while (true) {
    const size_t open = text.find(k_open);
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open);
    const size_t close = text.find(k_close);
    const auto value = close == std::string_view::npos ? values.end() : values.find(std::string(text.substr(k_open.size(), close - k_open.size())));
    if (value == values.end()) {
      out += text.substr(0, k_open.size());
      text.remove_prefix(k_open.size());
    } else {
      out += value->second;
      text.remove_prefix(close + k_close.size());
    }
  }
}

}  // namespace mops::scaffold
