#include "model/version.h"

#include "base/character.h"
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace mops::model {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_numeric(std::string_view identifier) { return !identifier.empty() && std::all_of(identifier.begin(), identifier.end(), is_digit); }

bool has_leading_zero(std::string_view digits) { return digits.size() > 1 && digits.front() == '0'; }

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
}

std::optional<uint64_t> parse_unsigned(std::string_view digits) {
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || !is_digit(digits.front()) || error != std::errc() || stopped_at != end) return std::nullopt;
  return value;
}

tl::unexpected<Error> not_a_version(std::string_view text, std::string help) {
  return fail(ErrorCode::invalid, fmt::format("`{}` is not a version", text), std::move(help));
}

/// Numeric identifiers compare as numbers of any length, before all others; the others byte by byte.
std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_numeric = is_numeric(a);
  const bool b_numeric = is_numeric(b);
  if (a_numeric != b_numeric) return a_numeric ? std::strong_ordering::less : std::strong_ordering::greater;
  if (a_numeric && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::string without_leading_zeros(std::string_view digits) {
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return std::string(digits.substr(first));
}

constexpr size_t k_longest_name = 40;

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
  return !text.empty() && text.size() <= k_longest_name && text.front() >= 'a' && text.front() <= 'z' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

/// The nearest text that is_name takes, or nothing.
std::string suggest_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (is_digit(c) || (c >= 'a' && c <= 'z')) name += c;
    else if (is_letter(c)) name += static_cast<char>(c - 'A' + 'a');
    else if (!name.empty() && name.back() != '-') name += '-';
  }
  const auto letter = std::find_if(name.begin(), name.end(), is_letter);
  name.erase(name.begin(), letter);
  name.resize(std::min(name.size(), k_longest_name));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

Result<std::string> parse_label(std::string_view text, std::string_view what) {
  if (is_name(text)) return std::string(text);
  std::string help = fmt::format("a {} is 1 to {} of `a-z`, `0-9` and `-`, starts with a letter and does not end with `-`", what, k_longest_name);
  if (const std::string suggestion = suggest_name(text); !suggestion.empty()) help += fmt::format("; `{}` would do", suggestion);
  return fail(ErrorCode::usage, fmt::format("`{}` cannot be a {}", text, what), std::move(help));
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  if (text.size() > 1 && (text.front() == 'v' || text.front() == 'V') && is_digit(text[1]))
    return not_a_version(text, fmt::format("leave the `{}` out: `{}`", text.front(), text.substr(1)));
  if (const size_t plus = text.find('+'); plus != std::string_view::npos)
    return not_a_version(text, fmt::format("build metadata is not used here: leave `{}` out", text.substr(plus)));

  const size_t dash = text.find('-');
  const std::vector<std::string_view> numbers = split(text.substr(0, dash), '.');
  const bool all_numeric = std::all_of(numbers.begin(), numbers.end(), is_numeric);
  if (all_numeric && numbers.size() < 3 && dash == std::string_view::npos)
    return not_a_version(text, fmt::format("a version has three numbers: `{}{}`", text, numbers.size() == 2 ? ".0" : ".0.0"));
  if (!all_numeric || numbers.size() != 3)
    return not_a_version(text, "a version looks like `1.2.3` or `1.2.3-rc.1` (semver.org)");
  if (std::any_of(numbers.begin(), numbers.end(), has_leading_zero))
    return not_a_version(text, fmt::format("a number does not start with 0: `{}.{}.{}{}`", without_leading_zeros(numbers[0]),
                                           without_leading_zeros(numbers[1]), without_leading_zeros(numbers[2]),
                                           dash == std::string_view::npos ? std::string_view() : text.substr(dash)));
  const auto major = parse_unsigned(numbers[0]);
  const auto minor = parse_unsigned(numbers[1]);
  const auto patch = parse_unsigned(numbers[2]);
  if (!major || !minor || !patch) return not_a_version(text, "a number is at most 18446744073709551615");

  Version version{.major = *major, .minor = *minor, .patch = *patch};
  if (dash == std::string_view::npos) return version;
  for (const std::string_view identifier : split(text.substr(dash + 1), '.')) {
    if (!is_identifier(identifier))
      return not_a_version(text, "what follows `-` is words of `a-z`, `A-Z`, `0-9` and `-`, separated by single dots");
    if (is_numeric(identifier) && has_leading_zero(identifier))
      return not_a_version(text, fmt::format("a number does not start with 0: `{}` instead of `{}`", without_leading_zeros(identifier), identifier));
    version.pre_release.emplace_back(identifier);
  }
  return version;
}

std::string Version::to_string() const {
  std::string text = fmt::format("{}.{}.{}", major, minor, patch);
  if (!pre_release.empty()) text += "-" + join(pre_release, ".");
  return text;
}

std::strong_ordering operator<=>(const Version& a, const Version& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.pre_release.empty() || b.pre_release.empty()) return a.pre_release.empty() <=> b.pre_release.empty();
  const size_t common = std::min(a.pre_release.size(), b.pre_release.size());
  for (size_t i = 0; i < common; ++i)
    if (const auto order = compare_identifiers(a.pre_release[i], b.pre_release[i]); order != 0) return order;
  return a.pre_release.size() <=> b.pre_release.size();
}

bool operator==(const Version& a, const Version& b) { return (a <=> b) == 0; }

Result<std::string> parse_name(std::string_view text) { return parse_label(text, "model name"); }
Result<std::string> parse_stage(std::string_view text) { return parse_label(text, "stage name"); }

Result<VersionedName> VersionedName::parse(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos)
    return fail(ErrorCode::usage, fmt::format("`{}` names no version", text), fmt::format("write `{}@1.2.3`", text));
  MOPS_ASSIGN(std::string name, parse_name(text.substr(0, at)));
  std::string_view version_text = text.substr(at + 1);
  if (version_text.size() > 1 && version_text.front() == 'v') version_text.remove_prefix(1);
  MOPS_ASSIGN(Version version, Version::parse(version_text));
  return VersionedName{.name = std::move(name), .version = std::move(version)};
}

std::string version_tag(std::string_view name, const Version& version) { return fmt::format("{}@v{}", name, version.to_string()); }

std::string stage_tag(std::string_view name, std::string_view stage, uint64_t number) { return fmt::format("{}#{}#{}", name, stage, number); }

std::optional<VersionedName> parse_version_tag(std::string_view tag) {
  const size_t at = tag.find("@v");
  if (at == std::string_view::npos || !is_name(tag.substr(0, at))) return std::nullopt;
  auto version = Version::parse(tag.substr(at + 2));
  if (!version) return std::nullopt;
  return VersionedName{.name = std::string(tag.substr(0, at)), .version = std::move(*version)};
}

std::optional<StageTag> parse_stage_tag(std::string_view tag) {
  const std::vector<std::string_view> parts = split(tag, '#');
  if (parts.size() != 3 || !is_name(parts[0]) || !is_name(parts[1])) return std::nullopt;
  const auto number = parse_unsigned(parts[2]);
  // GTO counts from 1.
  if (!number || *number == 0 || has_leading_zero(parts[2])) return std::nullopt;
  return StageTag{.name = std::string(parts[0]), .stage = std::string(parts[1]), .number = *number};
}

}  // namespace mops::model
