#include "certify/report_rows.h"

#include "certify/check_text.h"
#include "certify/verdict.h"
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
    Meaning{"metrics/brier_score", "mean squared error of the probabilities"},
    Meaning{"metrics/expected_calibration_error", "how far scores are from the share of positive rows, on average"},
    Meaning{"metrics/precision_macro", "precision of the classes, each counting alike"},
    Meaning{"metrics/recall_macro", "recall of the classes, each counting alike"},
    Meaning{"metrics/f1_macro", "precision and recall in one number, of the classes, each counting alike"},
    Meaning{"metrics/precision_micro", "precision over the rows of all classes together"},
    Meaning{"metrics/recall_micro", "recall over the rows of all classes together"},
    Meaning{"metrics/f1_micro", "precision and recall in one number, over the rows of all classes together"},
    Meaning{"metrics/precision_weighted", "precision of the classes, each counting by its rows"},
    Meaning{"metrics/recall_weighted", "recall of the classes, each counting by its rows"},
    Meaning{"metrics/f1_weighted", "precision and recall in one number, of the classes, each counting by its rows"},
    Meaning{"metrics/roc_auc_ovr", "how often a row of a class scores above one of another; each class against the rest, counting alike"},
    Meaning{"metrics/roc_auc_ovr_weighted", "the same, each class counting by its rows"},
    Meaning{"metrics/roc_auc_ovo", "how often a row of a class scores above one of another; each pair of classes, counting alike"},
    Meaning{"metrics/roc_auc_ovo_weighted", "the same, each pair counting by its rows"},
    Meaning{"metrics/matthews_corrcoef", "correlation of prediction and truth"},
    Meaning{"metrics/mean_absolute_error", "mean distance of prediction and truth"},
    Meaning{"metrics/root_mean_squared_error", "mean distance of prediction and truth, where large ones weigh more"},
    Meaning{"metrics/median_absolute_error", "half of the predictions are nearer than this"},
    Meaning{"metrics/mean_squared_error", "mean squared distance of prediction and truth"},
    Meaning{"metrics/mean_absolute_percentage_error", "mean distance as a share of the truth"},
    Meaning{"metrics/mean_pinball_loss", "mean distance, where too low and too high weigh by the quantile"},
    Meaning{"metrics/max_error", "the largest distance of prediction and truth"},
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
    Meaning{"rehearsal/failed_requests", "requests that failed while the model was upgraded to this version and back"},
};

std::string with_unit(double value, std::string_view unit) { return unit.empty() ? short_number(value) : fmt::format("{} {}", short_number(value), unit); }

std::optional<stats::Better> better_way(std::string_view metric) {
  const stats::MetricInfo* known = stats::find_metric(metric);
  return known == nullptr ? std::nullopt : std::optional(known->better);
}

ComparisonRow compare(std::string name, double candidate, double current, std::optional<stats::Better> better, std::string_view unit) {
  const double difference = candidate - current;
  std::string word = difference == 0 ? "equal" : "";
  if (difference != 0 && better) word = (difference > 0) == (*better == stats::Better::higher) ? "better" : "worse";
  return {.name = std::move(name), .current = with_unit(current, unit), .candidate = with_unit(candidate, unit),
          .difference = (difference > 0 ? "+" : "") + with_unit(difference, unit), .word = std::move(word)};
}

}  // namespace

std::vector<CheckRow> check_rows(const Certificate& certificate) {
  std::vector<CheckRow> rows;
  for (const Check& check : certificate.checks) {
    const auto* const meaning = std::find_if(k_meanings.begin(), k_meanings.end(), [&](const Meaning& known) { return known.name == check.name; });
    rows.push_back({.name = check.name,
                    .meaning = meaning == k_meanings.end() ? std::string() : std::string(meaning->words),
                    .value = value_text(check),
                    .limit = limit_text(check.limit, check.unit),
                    .count = check.n == 0 ? std::string() : short_number(static_cast<double>(check.n)),
                    .verdict = check.verdict,
                    .note = check.note});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const CheckRow& a, const CheckRow& b) { return a.verdict > b.verdict; });
  return rows;
}

std::string headline(const Certificate& certificate) {
  const std::vector<Check>& checks = certificate.checks;
  if (checks.empty()) return "Nothing was checked.";
  const auto is_broken = [](const Check& check) { return !evidence::passes(check.verdict); };
  const auto is_warned = [](const Check& check) { return check.verdict == Verdict::warned; };
  const auto first = [&](const auto& which) { return sentence_of(*std::find_if(checks.begin(), checks.end(), which)); };
  if (const auto broken = std::count_if(checks.begin(), checks.end(), is_broken); broken > 0) {
    const Verdict verdict = verdict_of(checks);
    return fmt::format("{} of {} checks {} not hold: {}.", broken, checks.size(), broken == 1 ? "does" : "do", first([&](const Check& check) { return check.verdict == verdict; }));
  }
  if (const auto warned = std::count_if(checks.begin(), checks.end(), is_warned); warned > 0)
    return fmt::format("All {} checks hold, {} with a warning: {}.", checks.size(), warned, first(is_warned));
  return fmt::format("All {} checks hold.", checks.size());
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
  if (now.capacity && then.capacity) rows.push_back(compare("capacity", now.capacity->per_second, then.capacity->per_second, stats::Better::higher, "1/s"));
  rows.push_back(compare("failed requests", now.error_share, then.error_share, stats::Better::lower, ""));
  return rows;
}

std::vector<DifferenceRow> difference_rows(const Certificate& certificate) {
  std::vector<DifferenceRow> rows;
  if (!certificate.comparison) return rows;
  for (const evidence::MetricDifference& one : certificate.comparison->metrics) {
    const ComparisonRow row = compare(one.name, one.candidate, one.current, better_way(one.name), "");
    const bool may_be_chance = one.low && one.high && *one.low <= 0 && *one.high >= 0;
    rows.push_back({.name = row.name, .current = row.current, .candidate = row.candidate,
                    .difference = one.low && one.high ? fmt::format("{} ({} … {})", row.difference, short_number(*one.low), short_number(*one.high)) : row.difference,
                    .word = may_be_chance && row.word != "equal" ? "may be chance" : row.word});
  }
  return rows;
}

std::string comparison_sentence(const std::vector<ComparisonRow>& rows) {
  std::vector<std::string> parts;
  for (const std::string_view word : {"better", "worse"}) {
    std::vector<std::string> names;
    for (const ComparisonRow& row : rows)
      if (row.word == word) names.push_back(fmt::format("{} ({}, now {})", row.name, row.current, row.candidate));
    if (!names.empty()) parts.push_back(fmt::format("{} in {}", word, fmt::join(names, ", ")));
  }
  if (parts.empty()) return {};
  std::string sentence = fmt::format("{}.", fmt::join(parts, "; "));
  sentence.front() = sentence.front() == 'b' ? 'B' : 'W';
  return sentence;
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
  if (!load.runs.empty()) {
    std::vector<std::string> runs;
    for (const evidence::LoadRun& run : load.runs) runs.push_back(short_number(run.p99_ms));
    rows.emplace_back("p99 of each run", fmt::format("{} ms", fmt::join(runs, ", ")));
  }
  if (load.capacity) rows.emplace_back("capacity", capacity_text(*load.capacity));
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
