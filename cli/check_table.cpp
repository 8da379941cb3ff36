#include "cli/check_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::cli {
namespace {

std::string number(double value, std::string_view unit) { return fmt::format("{:.4g}{}{}", value, unit.empty() ? "" : " ", unit); }

/// As people write it: rounded, a limit could look like the value that breaks it.
std::string bound(double value, std::string_view unit) { return fmt::format("{}{}{}", value, unit.empty() ? "" : " ", unit); }

}  // namespace

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return Colour::green;
    case Verdict::warned:
    case Verdict::inconclusive: return Colour::yellow;
    case Verdict::failed: return Colour::red;
  }
  return Colour::plain;
}

std::string value_text(const evidence::Check& check) {
  if (!check.value) return "-";
  if (!check.low || !check.high) return number(*check.value, check.unit);
  return fmt::format("{} ({:.4g} … {:.4g})", number(*check.value, check.unit), *check.low, *check.high);
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

std::string reason_of(const std::vector<evidence::Check>& checks) {
  Verdict verdict = Verdict::passed;
  for (const evidence::Check& check : checks) verdict = worst(verdict, check.verdict);
  if (verdict == Verdict::passed) return {};
  const auto is_worst = [&](const evidence::Check& check) { return check.verdict == verdict; };
  const auto others = std::count_if(checks.begin(), checks.end(), is_worst) - 1;
  return sentence_of(*std::find_if(checks.begin(), checks.end(), is_worst)) + (others > 0 ? fmt::format(" ({} more)", others) : "");
}

Table check_table(const std::vector<evidence::Check>& checks) {
  Table table({"CHECK", "VALUE", "LIMIT", "N", "VERDICT", ""}, {Table::Align::left, Table::Align::right, Table::Align::left, Table::Align::right, Table::Align::left, Table::Align::left});
  for (const evidence::Check& check : checks)
    table.add({{check.name}, {value_text(check)}, {limit_text(check.limit, check.unit)}, {std::to_string(check.n)},
               {std::string(to_string(check.verdict)), colour_of(check.verdict)}, {check.note}});
  return table;
}

}  // namespace mops::cli
