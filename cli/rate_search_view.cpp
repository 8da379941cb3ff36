#include "cli/rate_search_view.h"

#include "base/duration.h"
#include "cli/check_table.h"
#include "cli/table.h"
#include "document/value.h"

#include <array>

namespace mops::cli {
namespace {

using document::Value;
using load::RateSearch;
using load::RateStep;

constexpr std::array<std::string_view, 4> k_results = {"met", "too slow", "failing", "generator"};

std::string_view to_string(load::StepResult result) { return k_results[static_cast<size_t>(result)]; }

double milliseconds(const load::LoadReport& report, double share) { return static_cast<double>(report.latency.quantile(share)) / 1e6; }

std::string shown(const load::LoadReport& report, double share) {
  return report.latency.count() == 0 ? "-" : fmt::format("{:.4g}", milliseconds(report, share));
}

std::string conclusion(const RateSearch& search, const load::RateLimit& limit) {
  const std::string within = duration_text(std::chrono::floor<std::chrono::milliseconds>(limit.p99));
  if (search.interrupted) return "interrupted";
  if (search.highest && search.missed_by == load::StepResult::generator)
    return fmt::format("{} requests/s keep p99 within {}; the generator cannot send more, the server may be able to", *search.highest, within);
  if (search.highest) return fmt::format("{} requests/s keep p99 within {}", *search.highest, within);
  if (search.missed_by == load::StepResult::generator) return "the generator could send at no rate as it should";
  return fmt::format("no rate keeps p99 within {}", within);
}

}  // namespace

std::string to_text(const std::string& url, const load::LoadPlan& plan, const load::RateLimit& limit, const RateSearch& search, const Console& console) {
  constexpr auto k_right = Table::Align::right;
  Table table({"RATE", "P50 MS", "P99 MS", "REQUESTS", "ERRORS", "RESULT"}, {k_right, k_right, k_right, k_right, k_right, Table::Align::left});
  for (const RateStep& step : search.steps) {
    std::string result(to_string(step.result));
    if (step.result == load::StepResult::generator) result += ": " + step.report.generator_limited.value_or("");
    if (step.result == load::StepResult::failing) result += ": " + step.report.first_error;
    table.add({{fmt::format("{}", step.rate_per_second)}, {shown(step.report, 0.5)}, {shown(step.report, 0.99)}, {std::to_string(step.report.requests)},
               {std::to_string(step.report.errors.all())}, {std::move(result), step.result == load::StepResult::met ? Colour::green : Colour::yellow}});
  }
  const Verdict verdict = verdict_of(search);
  return fmt::format("{} {}\n\n{}\n{}: {}\n", plan.method, url, table.render(console), console.paint_out(colour_of(verdict), mops::to_string(verdict)), conclusion(search, limit));
}

std::string to_json(const std::string& url, const load::LoadPlan& plan, const load::RateLimit& limit, const RateSearch& search) {
  const auto or_null = [](const std::optional<double>& number) { return number ? Value(*number) : Value(); };
  Value steps = Value::list();
  for (const RateStep& step : search.steps) {
    const bool is_empty = step.report.latency.count() == 0;
    steps.add(Value::map()
                  .set("rate", step.rate_per_second)
                  .set("result", to_string(step.result))
                  .set("p50_ms", is_empty ? Value() : Value(milliseconds(step.report, 0.5)))
                  .set("p99_ms", is_empty ? Value() : Value(milliseconds(step.report, 0.99)))
                  .set("requests", step.report.requests)
                  .set("errors", step.report.errors.all())
                  .set("throughput", step.report.throughput)
                  .set("first_error", step.report.first_error.empty() ? Value() : Value(step.report.first_error))
                  .set("generator_limited", step.report.generator_limited ? Value(*step.report.generator_limited) : Value()));
  }
  return document::to_json(Value::map()
                               .set("format_version", 1)
                               .set("url", url)
                               .set("method", plan.method)
                               .set("p99_limit_ms", std::chrono::duration<double, std::milli>(limit.p99).count())
                               .set("verdict", mops::to_string(verdict_of(search)))
                               .set("interrupted", search.interrupted)
                               .set("highest_rate", or_null(search.highest))
                               .set("lowest_missed_rate", or_null(search.lowest_missed))
                               .set("missed_by", search.missed_by ? Value(to_string(*search.missed_by)) : Value())
                               .set("steps", std::move(steps)),
                           document::JsonLayout::indented);
}

}  // namespace mops::cli
