#include "cli/load_view.h"

#include "base/duration.h"
#include "base/text.h"
#include "cli/check_table.h"
#include "cli/table.h"
#include "document/value.h"

#include <array>

namespace mops::cli {
namespace {

using document::Value;
using load::LoadPlan;
using load::LoadReport;
using stats::FineHistogram;

struct Percentile {
  const char* key;
  const char* heading;
  double share;
};
constexpr std::array<Percentile, 5> k_percentiles = {{{"p50", "P50", 0.5}, {"p90", "P90", 0.9}, {"p99", "P99", 0.99}, {"p99_9", "P99.9", 0.999}, {"max", "MAX", 1}}};

double milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

double seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// Four digits, as far as they are measured.
std::string short_number(double value) {
  const int decimals = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

Value percentiles_of(const FineHistogram& histogram) {
  Value map = Value::map();
  const bool is_empty = histogram.count() == 0;
  map.set("min", is_empty ? Value() : Value(milliseconds(histogram.min()))).set("mean", is_empty ? Value() : Value(histogram.mean() / 1e6));
  for (const Percentile& percentile : k_percentiles) map.set(percentile.key, is_empty ? Value() : Value(milliseconds(histogram.quantile(percentile.share))));
  return map;
}

std::vector<Table::Cell> row_of(std::string name, const FineHistogram& histogram) {
  std::vector<Table::Cell> row = {{.text = std::move(name)}};
  for (const Percentile& percentile : k_percentiles)
    row.push_back({.text = histogram.count() == 0 ? "-" : short_number(milliseconds(histogram.quantile(percentile.share)))});
  return row;
}

std::string loop_text(const LoadPlan& plan) {
  const std::string length = duration_text(plan.duration) + (plan.warmup.count() > 0 ? fmt::format(" after {} of warm-up", duration_text(plan.warmup)) : "");
  if (!plan.rate_per_second) return fmt::format("closed loop: {} connections, {}", plan.connections, length);
  return fmt::format("open loop: {} requests/s, {}, at most {} connections, {}", *plan.rate_per_second,
                     plan.arrivals == load::Arrivals::constant ? "evenly" : "poisson arrivals", plan.connections, length);
}

std::string error_text(const LoadReport& report) {
  std::vector<std::string> parts;
  for (const load::LoadErrorClass& kind : load::k_load_error_classes)
    if (const uint64_t count = report.errors.*kind.count; count > 0) parts.push_back(fmt::format("{} {}", kind.name, count));
  const std::string first = report.first_error.empty() ? "" : fmt::format(" (first: {})", report.first_error);
  return fmt::format("{}{}{}{}", report.errors.all(), parts.empty() ? "" : ": ", join(parts, ", "), report.errors.all() + report.warmup_errors > 0 ? first : "");
}

std::string generator_text(const LoadPlan& plan, const LoadReport& report) {
  const uint64_t sent = report.requests + report.warmup_requests;
  std::string text = fmt::format("{:.3g} s of CPU", report.cpu_seconds);
  if (sent > 0) text += fmt::format(", {:.1f} µs a request", 1e6 * report.cpu_seconds / static_cast<double>(sent));
  if (plan.rate_per_second)
    text += fmt::format("; {} sent late (over 1 ms), at most {} ms", report.sent_late, short_number(milliseconds(report.send_delay.max())));
  return text;
}

std::string reason(const LoadReport& report) {
  if (report.interrupted) return "interrupted";
  if (report.latency.count() == 0) return "no request was answered with a 2xx status";
  if (report.generator_limited) return *report.generator_limited;
  return report.errors.all() > 0 ? "some requests failed" : "";
}

}  // namespace

std::string to_text(const std::string& url, const LoadPlan& plan, const LoadReport& report, const std::optional<ProcessUsage>& server, const Console& console) {
  std::string out = fmt::format("{} {}\n{}\n\n", plan.method, url, loop_text(plan));
  std::vector<std::string> headings = {"LATENCY MS"};
  for (const Percentile& percentile : k_percentiles) headings.emplace_back(percentile.heading);
  std::vector<Table::Align> alignment(headings.size(), Table::Align::right);
  alignment.front() = Table::Align::left;
  Table latencies(headings, alignment);
  latencies.add(row_of(plan.rate_per_second ? "corrected" : "measured", report.latency));
  if (plan.rate_per_second) latencies.add(row_of("uncorrected", report.uncorrected));
  out += latencies.render(console);

  out += fmt::format("\nrequests    {}{}\n", report.requests, report.warmup_requests > 0 ? fmt::format(", and {} in the warm-up", report.warmup_requests) : "");
  out += fmt::format("errors      {}\n", error_text(report));
  out += fmt::format("throughput  {} answers/s\n", short_number(report.throughput));
  out += fmt::format("generator   {}\n", generator_text(plan, report));
  if (server) out += fmt::format("server      {:.3g} s of CPU, at most {:.1f} MB of memory\n", server->cpu_seconds, static_cast<double>(server->peak_memory_bytes) / 1e6);
  const Verdict verdict = verdict_of(plan, report);
  const std::string why = reason(report);
  return out + fmt::format("\n{}{}{}\n", console.paint_out(colour_of(verdict), to_string(verdict)), why.empty() ? "" : ": ", why);
}

std::string to_json(const std::string& url, const LoadPlan& plan, const LoadReport& report, const std::optional<ProcessUsage>& server) {
  const bool is_open = plan.rate_per_second.has_value();
  Value classes = Value::map();
  for (const load::LoadErrorClass& kind : load::k_load_error_classes) classes.set(std::string(kind.name), report.errors.*kind.count);
  Value delay = Value::map();
  for (const Percentile& percentile : k_percentiles)
    delay.set(percentile.key, report.send_delay.count() == 0 ? Value() : Value(milliseconds(report.send_delay.quantile(percentile.share))));
  return document::to_json(
      Value::map()
          .set("format_version", 1)
          .set("url", url)
          .set("method", plan.method)
          .set("mode", is_open ? "open" : "closed")
          .set("rate", is_open ? Value(*plan.rate_per_second) : Value())
          .set("arrivals", is_open ? Value(plan.arrivals == load::Arrivals::constant ? "constant" : "poisson") : Value())
          .set("seed", is_open && plan.arrivals == load::Arrivals::poisson ? Value(plan.seed) : Value())
          .set("connections", static_cast<uint64_t>(plan.connections))
          .set("warm_up_seconds", seconds(plan.warmup))
          .set("duration_seconds", report.seconds)
          .set("verdict", to_string(verdict_of(plan, report)))
          .set("interrupted", report.interrupted)
          .set("generator_limited", report.generator_limited ? Value(*report.generator_limited) : Value())
          .set("latency_ms", percentiles_of(report.latency))
          .set("uncorrected_latency_ms", percentiles_of(report.uncorrected))
          .set("requests", report.requests)
          .set("errors", report.errors.all())
          .set("errors_by_class", std::move(classes))
          .set("first_error", report.first_error.empty() ? Value() : Value(report.first_error))
          .set("throughput", report.throughput)
          .set("sent_late", report.sent_late)
          .set("send_delay_ms", std::move(delay))
          .set("cpu_seconds", report.cpu_seconds)
          .set("connections_opened", report.connections_opened)
          .set("reconnects", report.reconnects)
          .set("server", server ? Value::map().set("cpu_seconds", server->cpu_seconds).set("peak_memory_bytes", server->peak_memory_bytes) : Value())
          .set("warm_up", Value::map().set("requests", report.warmup_requests).set("errors", report.warmup_errors)),
      document::JsonLayout::indented);
}

}  // namespace mops::cli
