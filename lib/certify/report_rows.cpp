#include "certify/report_rows.h"

#include "page/axis.h"
#include "stats/metric.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::certify {
namespace {

using evidence::Certificate;
using evidence::Check;
using page::short_number;

struct Meaning {
  std::string_view name;
  std::string_view words;
};

constexpr std::array k_meanings = {
    Meaning{"metrics/accuracy", "share of rows whose class was predicted"},
    Meaning{"metrics/balanced_accuracy", "mean share of each class that was predicted"},
    Meaning{"metrics/precision", "share of predicted positives that are positive"},
    Meaning{"metrics/recall", "share of positives that were predicted"},
    Meaning{"metrics/f1", "precision and recall in one number"},
    Meaning{"metrics/roc_auc", "how often a positive row scores above a negative one; 0.5 is chance"},
    Meaning{"metrics/average_precision", "precision, averaged over all recalls"},
    Meaning{"metrics/log_loss", "how far the probabilities are from the truth; 0 is perfect"},
    Meaning{"metrics/brier_score_loss", "mean squared error of the probabilities"},
    Meaning{"metrics/matthews_corrcoef", "correlation of prediction and truth"},
    Meaning{"metrics/mean_absolute_error", "mean distance of prediction and truth"},
    Meaning{"metrics/root_mean_squared_error", "the same, where large distances weigh more"},
    Meaning{"metrics/median_absolute_error", "half of the predictions are nearer than this"},
    Meaning{"metrics/r2", "share of the variance that is explained; 1 is perfect"},
    Meaning{"latency/p50_ms", "half of the answers came within this time"},
    Meaning{"latency/p99_ms", "99 of 100 answers came within this time"},
    Meaning{"throughput/per_second", "answers a second under the load of the contract"},
    Meaning{"errors/share", "share of the requests that failed"},
    Meaning{"answers/repeatable", "equal questions had equal answers"},
    Meaning{"contract/outputs", "rows whose answer is not of the declared type, shape, range or category"},
    Meaning{"contract/metadata", "differences between how the model describes itself and its manifest"},
    Meaning{"contract/batch", "rows that are answered otherwise among others than alone"},
    Meaning{"contract/missing-values", "requests with missing values that were not answered as they should be"},
    Meaning{"contract/empty-batches", "requests without rows that were not refused"},
    Meaning{"contract/wrong-types", "requests with values of another type that were not refused"},
    Meaning{"contract/unknown-columns", "requests with unknown columns that were not refused"},
    Meaning{"contract/extreme-values", "requests at the ends of the declared ranges that were not answered"},
    Meaning{"contract/broken-bodies", "requests that are no JSON, or other JSON, that were not refused"},
    Meaning{"contract/huge-bodies", "requests of many megabytes that were neither answered nor refused"},
    Meaning{"contract/recovery", "whether the model answers as before after all that"},
};

std::string with_unit(double value, std::string_view unit) { return unit.empty() ? short_number(value) : fmt::format("{} {}", short_number(value), unit); }

std::string limit_of(const Check& check) {
  const auto& [minimum, maximum] = check.limit;
  if (minimum && maximum) return fmt::format("{} to {}", short_number(*minimum), with_unit(*maximum, check.unit));
  if (minimum) return "at least " + with_unit(*minimum, check.unit);
  return maximum ? "at most " + with_unit(*maximum, check.unit) : "";
}

int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::failed: return 0;
    case Verdict::inconclusive: return 1;
    case Verdict::warned: return 2;
    case Verdict::passed: return 3;
  }
  return 0;
}

std::optional<stats::Better> better_way(std::string_view metric) {
  for (const auto kind : {stats::MetricKind::binary, stats::MetricKind::multiclass, stats::MetricKind::regression})
    if (const stats::MetricInfo* known = stats::find_metric(kind, metric)) return known->better;
  return std::nullopt;
}

ComparisonRow compare(std::string name, double candidate, double current, std::optional<stats::Better> better, std::string_view unit) {
  const double difference = candidate - current;
  std::string word = difference == 0 ? "equal" : "";
  if (difference != 0 && better) word = (difference > 0) == (*better == stats::Better::higher) ? "better" : "worse";
  return {.name = std::move(name), .current = with_unit(current, unit), .candidate = with_unit(candidate, unit),
          .difference = (difference > 0 ? "+" : "") + with_unit(difference, unit), .word = std::move(word)};
}

std::string sentence_of(const CheckRow& row) {
  std::string out = fmt::format("{} is {}", row.name, row.value);
  if (!row.limit.empty()) out += fmt::format(", expected {}", row.limit);
  return row.note.empty() ? out : fmt::format("{} ({})", out, row.note);
}

}  // namespace

std::vector<CheckRow> check_rows(const Certificate& certificate) {
  std::vector<CheckRow> rows;
  for (const Check& check : certificate.checks) {
    const auto* const meaning = std::find_if(k_meanings.begin(), k_meanings.end(), [&](const Meaning& known) { return known.name == check.name; });
    rows.push_back({.name = check.name,
                    .meaning = meaning == k_meanings.end() ? std::string() : std::string(meaning->words),
                    .value = check.value ? with_unit(*check.value, check.unit) : "not measured",
                    .limit = limit_of(check),
                    .count = check.n == 0 ? std::string() : short_number(static_cast<double>(check.n)),
                    .verdict = check.verdict,
                    .note = check.note});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const CheckRow& a, const CheckRow& b) { return badness(a.verdict) < badness(b.verdict); });
  return rows;
}

std::string headline(const Certificate& certificate) {
  const std::vector<CheckRow> rows = check_rows(certificate);
  if (rows.empty()) return "Nothing was checked.";
  const auto not_passed = std::count_if(rows.begin(), rows.end(), [](const CheckRow& row) { return row.verdict != Verdict::passed; });
  if (not_passed == 0) return fmt::format("All {} checks hold.", rows.size());
  return fmt::format("{} of {} checks {} not hold: {}.", not_passed, rows.size(), not_passed == 1 ? "does" : "do", sentence_of(rows.front()));
}

std::vector<ComparisonRow> comparison_rows(const Certificate& candidate, const Certificate& current) {
  std::vector<ComparisonRow> rows;
  for (const auto& [name, value] : candidate.metrics)
    if (const auto before = current.metrics.find(name); before != current.metrics.end()) rows.push_back(compare(name, value, before->second, better_way(name), ""));
  const evidence::Performance& now = candidate.performance;
  const evidence::Performance& then = current.performance;
  rows.push_back(compare("latency p50", now.p50_ms, then.p50_ms, stats::Better::lower, "ms"));
  rows.push_back(compare("latency p99", now.p99_ms, then.p99_ms, stats::Better::lower, "ms"));
  rows.push_back(compare("throughput", now.throughput_per_second, then.throughput_per_second, stats::Better::higher, "1/s"));
  rows.push_back(compare("failed requests", now.error_share, then.error_share, stats::Better::lower, ""));
  return rows;
}

std::vector<std::pair<std::string, std::string>> fact_rows(const ReportOrder& order) {
  const Certificate& c = order.candidate.certificate;
  std::vector<std::pair<std::string, std::string>> rows = {
      {"model", c.model},
      {"payload (what was measured)", c.payload.hex()},
      {"found in commit", c.commit},
      {"holdout data", fmt::format("{}, {} rows, sha256 {}", c.dataset.name, short_number(static_cast<double>(c.dataset.rows)), c.dataset.sha256.hex())},
  };
  for (const evidence::Subject& artifact : c.artifacts) rows.emplace_back("artifact " + artifact.name, "sha256 " + artifact.sha256.hex());
  if (c.environment_lock) rows.emplace_back("locked environment", fmt::format("{}, sha256 {}", c.environment_lock->name, c.environment_lock->sha256.hex()));
  const evidence::Performance& load = c.performance;
  rows.emplace_back("load", fmt::format("{} requests/s for {} s: {} requests", short_number(load.rate_per_second), short_number(load.duration_seconds), short_number(static_cast<double>(load.requests))));
  if (load.cold_start_ms) rows.emplace_back("cold start", short_number(*load.cold_start_ms) + " ms until it was ready");
  if (load.cpu_seconds && load.requests > 0)
    rows.emplace_back("CPU", fmt::format("{} ms a request", short_number(1000 * *load.cpu_seconds / static_cast<double>(load.requests))));
  if (load.peak_memory_bytes) rows.emplace_back("peak memory", short_number(static_cast<double>(*load.peak_memory_bytes) / 1e6) + " MB");
  const evidence::MeasuredOn& on = c.measured_on;
  constexpr double k_gibibyte = 1024.0 * 1024 * 1024;
  rows.emplace_back("measured on", fmt::format("{}: {}, {} cores, {} GiB, load {} before", on.target, on.cpu_model, on.cores, short_number(static_cast<double>(on.memory_bytes) / k_gibibyte), short_number(on.load_before)));
  rows.emplace_back("from", to_rfc3339(c.started));
  rows.emplace_back("to", to_rfc3339(c.finished));
  rows.emplace_back("by", "mops " + on.mops_version);
  rows.emplace_back("signed by key", order.key_id);
  rows.emplace_back("evidence", order.file);
  return rows;
}

}  // namespace mops::certify
