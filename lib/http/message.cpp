#include "http/message.h"

#include <algorithm>
#include <array>
#include <strings.h>
#include <utility>

namespace mops::http {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const Header& header : headers)
    if (header.name.size() == name.size() && ::strncasecmp(header.name.data(), name.data(), name.size()) == 0) return header.value;
  return std::nullopt;
}

std::string_view reason_of(int status) {
  using Row = std::pair<int, std::string_view>;
  static constexpr std::array k_reasons = {
      Row{200, "OK"},           Row{201, "Created"},         Row{202, "Accepted"},
      Row{204, "No Content"},   Row{206, "Partial Content"}, Row{301, "Moved Permanently"},
      Row{302, "Found"},        Row{304, "Not Modified"},    Row{307, "Temporary Redirect"},
      Row{308, "Permanent Redirect"}, Row{400, "Bad Request"}, Row{401, "Unauthorized"},
      Row{403, "Forbidden"},    Row{404, "Not Found"},       Row{405, "Method Not Allowed"},
      Row{408, "Request Timeout"}, Row{409, "Conflict"},     Row{410, "Gone"},
      Row{412, "Precondition Failed"}, Row{413, "Content Too Large"}, Row{422, "Unprocessable Content"},
      Row{429, "Too Many Requests"}, Row{500, "Internal Server Error"}, Row{501, "Not Implemented"},
      Row{502, "Bad Gateway"},  Row{503, "Service Unavailable"}, Row{504, "Gateway Timeout"},
  };
  const auto found = std::find_if(k_reasons.begin(), k_reasons.end(), [&](const Row& row) { return row.first == status; });
  return found == k_reasons.end() ? std::string_view() : found->second;
}

}  // namespace mops::http
