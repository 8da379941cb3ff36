#include "cli/check_summary.h"

#include "cli/render.h"
#include "cli/table.h"

#include <algorithm>

namespace mops::cli {
namespace {

using document::Value;

constexpr size_t k_most_rows = 20;

Value value_of(const Tally& tally) {
  return Value::map()
      .set("models", static_cast<uint64_t>(tally.models))
      .set("models_with_errors", static_cast<uint64_t>(tally.models_with_errors))
      .set("errors", static_cast<uint64_t>(tally.errors))
      .set("warnings", static_cast<uint64_t>(tally.warnings));
}

Value value_of(const std::map<std::string, Tally>& tallies) {
  Value value = Value::map();
  for (const auto& [name, tally] : tallies) value.set(name, value_of(tally));
  return value;
}

/// The worst first; what does not fit is counted in a last row.
std::string table_of(std::string_view heading, const std::map<std::string, Tally>& tallies, const Console& console) {
  std::vector<const std::pair<const std::string, Tally>*> rows;
  for (const auto& row : tallies) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.errors, a->second.warnings) > std::pair(b->second.errors, b->second.warnings);
  });
  using enum Table::Align;
  Table table({std::string(heading), "ERRORS", "WARNINGS", "MODELS", "WITH ERRORS"}, {left, right, right, right, right});
  const auto add = [&](const std::string& name, const Tally& tally) {
    const auto number = [](size_t count, Colour colour) { return Table::Cell{std::to_string(count), count > 0 ? colour : Colour::plain}; };
    table.add({{name}, number(tally.errors, Colour::red), number(tally.warnings, Colour::yellow), {std::to_string(tally.models)},
               {std::to_string(tally.models_with_errors)}});
  };
  Tally rest;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i < k_most_rows) add(rows[i]->first.empty() ? "-" : rows[i]->first, rows[i]->second);
    else rest += rows[i]->second;
  }
  if (rows.size() > k_most_rows) add(fmt::format("({} more)", rows.size() - k_most_rows), rest);
  return table.empty() ? std::string() : table.render(console) + "\n";
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  models += other.models;
  models_with_errors += other.models_with_errors;
  errors += other.errors;
  warnings += other.warnings;
  return *this;
}

ModelTally::ModelTally(std::string the_owner, std::string the_level, std::span<const Diagnostic> findings)
    : owner(std::move(the_owner)), level(std::move(the_level)) {
  all.models = 1;
  for (const Diagnostic& finding : findings) {
    Tally& rule = by_rule[finding.rule];
    rule.models = 1;
    if (finding.severity == Severity::error) {
      ++all.errors, ++rule.errors;
      all.models_with_errors = rule.models_with_errors = 1;
    } else if (finding.severity == Severity::warning) {
      ++all.warnings, ++rule.warnings;
    }
  }
}

void CheckSummary::add(const ModelTally& model) {
  all_ += model.all;
  by_owner_[model.owner] += model.all;
  by_level_[model.level] += model.all;
  for (const auto& [rule, tally] : model.by_rule) by_rule_[rule] += tally;
}

void CheckSummary::add_unreadable(const std::string& directory, const Error& error) { unreadable_.emplace_back(directory, error); }

Value CheckSummary::to_value() const {
  Value unreadable = Value::list();
  for (const auto& [directory, error] : unreadable_)
    unreadable.add(Value::map().set("path", directory).set("message", error.message).set("help", error.help));
  return value_of(all_)
      .set("by_rule", value_of(by_rule_))
      .set("by_owner", value_of(by_owner_))
      .set("by_level", value_of(by_level_))
      .set("unreadable", std::move(unreadable));
}

std::string CheckSummary::render(const Console& console) const {
  return table_of("RULE", by_rule_, console) + table_of("OWNER", by_owner_, console) + table_of("LEVEL", by_level_, console);
}

std::string CheckSummary::sentence() const {
  std::string text = fmt::format("checked {}: {}", counted(all_.models, "model"), count_of(all_.errors, all_.warnings));
  if (all_.models_with_errors > 0) text += fmt::format(" in {}", counted(all_.models_with_errors, "model"));
  if (unreadable() > 0) text += fmt::format("; {} could not be read", unreadable());
  return text + "\n";
}

}  // namespace mops::cli
