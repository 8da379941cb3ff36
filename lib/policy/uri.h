#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mops::policy {

/// The five parts of a URI reference (RFC 3986, appendix B). Absent parts are nullopt.
struct Uri {
  std::optional<std::string> scheme;
  std::optional<std::string> authority;
  std::string path;
  std::optional<std::string> query;
  std::optional<std::string> fragment;

  static Uri parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
};

/// RFC 3986, 5.2: `reference` as it is meant in a document at `base`. The result keeps the fragment of the reference.
Uri resolve_uri(const Uri& base, const Uri& reference);

/// `%41` becomes `A`; what is no escape stays.
std::string percent_decoded(std::string_view text);

}  // namespace mops::policy
