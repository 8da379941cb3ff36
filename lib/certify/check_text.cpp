#include "certify/check_text.h"

#include "page/axis.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::certify {
namespace {

using page::short_number;

std::string with_unit(std::string number, std::string_view unit) { return unit.empty() ? number : fmt::format("{} {}", number, unit); }

/// As people write it: rounded, a limit could look like the value that breaks it.
std::string bound(double value, std::string_view unit) { return with_unit(fmt::format("{}", value), unit); }

}  // namespace

std::string value_text(const evidence::Check& check) {
  if (!check.value) return "-";
  const std::string value = with_unit(short_number(*check.value), check.unit);
  return check.low && check.high ? fmt::format("{} ({} … {})", value, short_number(*check.low), short_number(*check.high)) : value;
}

std::string limit_text(const model::Limit& limit, std::string_view unit) {
  if (limit.minimum && limit.maximum) return fmt::format("{} … {}", *limit.minimum, bound(*limit.maximum, unit));
  if (limit.minimum) return "≥ " + bound(*limit.minimum, unit);
  return limit.maximum ? "≤ " + bound(*limit.maximum, unit) : "-";
}

std::string sentence_of(const evidence::Check& check) {
  if (!check.value) return fmt::format("{} could not be measured{}", check.name, check.note.empty() ? "" : ": " + check.note);
  // What the contract counts says less than its first finding.
  if (check.name.starts_with("contract/") && !check.note.empty()) return fmt::format("{}: {}", check.name, check.note);
  std::string text = fmt::format("{} is {}, expected {}", check.name, value_text(check), limit_text(check.limit, check.unit));
  if (!check.note.empty()) text += fmt::format(": {}", check.note);
  return text;
}

std::string agreement_text(const evidence::Comparison& comparison) {
  std::vector<std::string> parts;
  if (comparison.other_class) parts.push_back(fmt::format("another class for {} % of the rows", short_number(100 * *comparison.other_class)));
  if (comparison.mean_distance) parts.push_back(fmt::format("{} apart on average", short_number(*comparison.mean_distance)));
  if (const auto& test = comparison.mcnemar)
    parts.push_back(fmt::format("only this version is right for {} rows, only {} for {} (McNemar's p is {})", test->only_candidate_right, comparison.baseline, test->only_current_right,
                                short_number(test->p_value)));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string capacity_text(const evidence::Capacity& capacity) {
  return fmt::format("{}{} requests/s keep to the latency limit", capacity.is_least ? "at least " : "", short_number(capacity.per_second));
}

std::string reason_of(const std::vector<evidence::Check>& checks) {
  Verdict verdict = Verdict::passed;
  for (const evidence::Check& check : checks) verdict = worst(verdict, check.verdict);
  if (verdict == Verdict::passed) return {};
  const auto is_worst = [&](const evidence::Check& check) { return check.verdict == verdict; };
  const auto others = std::count_if(checks.begin(), checks.end(), is_worst) - 1;
  return sentence_of(*std::find_if(checks.begin(), checks.end(), is_worst)) + (others > 0 ? fmt::format(" ({} more)", others) : "");
}

}  // namespace mops::certify
