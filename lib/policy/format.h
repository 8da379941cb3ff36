#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace mops::policy {

/// The values of `format` that can be asserted; others are comments, as JSON Schema has it.
enum class Format { date, time, date_time, email, uri, uri_reference, ipv4, ipv6, uuid, json_pointer, regex };

std::optional<Format> parse_format(std::string_view name);
/// The names that parse_format takes.
std::vector<std::string_view> format_names();
bool fits_format(Format format, std::string_view text);
/// "a date such as `2026-11-23`": what goes after "expected".
std::string_view describe_format(Format format);

}  // namespace mops::policy
