#include "certify/verdict.h"

#include <doctest/doctest.h>
#include <limits>

using namespace mops;
using namespace mops::certify;

namespace {

std::string number(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : "-"; }

std::string shown(const std::vector<evidence::Check>& checks) {
  std::string text;
  for (const evidence::Check& check : checks) {
    text += fmt::format("{} {}{} in {}..{} of {}: {}", check.name, number(check.value), check.unit, number(check.limit.minimum), number(check.limit.maximum), check.n,
                        to_string(check.verdict));
    text += check.note.empty() ? "\n" : fmt::format(" ({})\n", check.note);
  }
  return text;
}

evidence::Performance performance() {
  return {.p50_ms = 2, .p99_ms = 9, .max_ms = 10, .throughput_per_second = 90, .error_share = 0.01, .requests = 101, .errors = 1};
}

/// The verdict about one metric.
std::string of_metric(std::optional<double> value, const model::Limit& limit) {
  const auto checks = hold_against_limits({.metrics = {{"r2", limit}}}, {{.metric = {.name = "r2", .value = value, .reason = "why"}, .interval = {}}}, 7, performance());
  return std::string(to_string(checks.at(0).verdict));
}

Verdict together(std::vector<Verdict> verdicts) {
  std::vector<evidence::Check> checks;
  for (const Verdict verdict : verdicts) checks.push_back({.verdict = verdict});
  return verdict_of(checks);
}

}  // namespace

TEST_CASE("a generator that was the bottleneck is not the model's fault, and hides nothing that it did not cause") {
  std::vector<evidence::Check> checks = {{.name = "latency/p50_ms", .verdict = Verdict::passed},
                                         {.name = "latency/p99_ms", .verdict = Verdict::failed},
                                         {.name = "throughput/per_second", .verdict = Verdict::failed},
                                         {.name = "errors/share", .verdict = Verdict::failed},
                                         {.name = "metrics/roc_auc", .verdict = Verdict::failed}};
  excuse_from_generator(checks, "the machine is busy");
  const Verdict expected[] = {Verdict::passed, Verdict::inconclusive, Verdict::inconclusive, Verdict::failed, Verdict::failed};
  for (size_t i = 0; i < checks.size(); ++i) {
    CAPTURE(checks[i].name);
    CHECK(checks[i].verdict == expected[i]);
    CHECK(checks[i].note == (expected[i] == Verdict::inconclusive ? "the machine is busy" : ""));
  }
}

TEST_CASE("limits: below, at and above") {
  const model::Limit at_least{.minimum = 0.9, .maximum = {}};
  CHECK(of_metric(0.9, at_least) == "PASSED");
  CHECK(of_metric(std::nextafter(0.9, 0.0), at_least) == "FAILED");
  CHECK(of_metric(1, at_least) == "PASSED");
  const model::Limit at_most{.minimum = {}, .maximum = 0.3};
  CHECK(of_metric(0.3, at_most) == "PASSED");
  CHECK(of_metric(std::nextafter(0.3, 1.0), at_most) == "FAILED");
  CHECK(of_metric(-5, at_most) == "PASSED");
  const model::Limit between{.minimum = 0, .maximum = 1};
  CHECK(of_metric(0, between) == "PASSED");
  CHECK(of_metric(1, between) == "PASSED");
  CHECK(of_metric(-0.1, between) == "FAILED");
  CHECK(of_metric(1.1, between) == "FAILED");
  CHECK(of_metric(1e9, {}) == "PASSED");
}

TEST_CASE("limits: what has no value is no pass") {
  const model::Limit at_least{.minimum = 0, .maximum = {}};
  CHECK(of_metric(std::nullopt, at_least) == "INCONCLUSIVE");
  CHECK(of_metric(std::nan(""), at_least) == "INCONCLUSIVE");
  CHECK(of_metric(std::numeric_limits<double>::infinity(), at_least) == "INCONCLUSIVE");
}

TEST_CASE("limits: all checks, in their order") {
  model::Certification wanted{.metrics = {{"roc_auc", {.minimum = 0.9, .maximum = {}}}, {"log_loss", {.minimum = {}, .maximum = 0.3}}, {"r2", {.minimum = 0, .maximum = {}}}}};
  wanted.p50_ms = 1;
  wanted.p99_ms = 9;
  wanted.throughput_per_second = 90.5;
  const std::vector<stats::Estimate> metrics = {{.metric = {.name = "roc_auc", .value = {}, .reason = "the truth has only one class"}, .interval = {}},
                                                {.metric = {.name = "log_loss", .value = 0.25}, .interval = stats::Interval{.low = 0.2, .high = 0.31}}};
  CHECK(shown(hold_against_limits(wanted, metrics, 7, performance())) ==
        "metrics/log_loss 0.25 in -..0.3 of 7: PASSED\n"
        "metrics/r2 - in 0..- of 7: INCONCLUSIVE (this task has no such metric)\n"
        "metrics/roc_auc - in 0.9..- of 7: INCONCLUSIVE (the truth has only one class)\n"
        "latency/p50_ms 2ms in -..1 of 101: FAILED\n"
        "latency/p99_ms 9ms in -..9 of 101: PASSED\n"
        "throughput/per_second 901/s in 90.5..- of 101: FAILED\n"
        "errors/share 0.01 in -..0 of 101: FAILED\n");
}

TEST_CASE("limits: several runs have to agree") {
  model::Certification wanted;
  wanted.p99_ms = 10;
  wanted.throughput_per_second = 90;
  evidence::Performance measured{.p99_ms = 9, .throughput_per_second = 95, .requests = 300};
  const auto verdicts = [&](std::vector<double> p99, std::vector<double> throughput) {
    measured.runs.clear();
    for (size_t i = 0; i < p99.size(); ++i) measured.runs.push_back({.p99_ms = p99[i], .throughput_per_second = throughput[i], .requests = 100});
    return shown(hold_against_limits(wanted, {}, 7, measured));
  };
  const std::string errors = "errors/share 0 in -..0 of 300: PASSED\n";
  CHECK(verdicts({8, 9, 10}, {90, 95, 96}) == "latency/p99_ms 9ms in -..10 of 300: PASSED\nthroughput/per_second 951/s in 90..- of 300: PASSED\n" + errors);
  CHECK(verdicts({8, 9, 10.5}, {89, 95, 96}) ==
        "latency/p99_ms 9ms in -..10 of 300: INCONCLUSIVE (the limit lies between the best and the worst of 3 runs)\n"
        "throughput/per_second 951/s in 90..- of 300: INCONCLUSIVE (the limit lies between the best and the worst of 3 runs)\n" + errors);
  measured.p99_ms = 12;
  measured.throughput_per_second = 80;
  CHECK(verdicts({10.5, 12, 13}, {70, 80, 89}) == "latency/p99_ms 12ms in -..10 of 300: FAILED\nthroughput/per_second 801/s in 90..- of 300: FAILED\n" + errors);
  CHECK(verdicts({9.5, 12, 13}, {70, 80, 89}).starts_with("latency/p99_ms 12ms in -..10 of 300: INCONCLUSIVE"));
  const auto checks = hold_against_limits(wanted, {}, 7, measured);
  CHECK(checks[0].low == 9.5);
  CHECK(checks[0].high == 13);
  CHECK(checks[1].low == 70);
  CHECK(checks[1].high == 89);
  CHECK_FALSE(checks[2].low.has_value());
  CHECK(verdicts({12}, {80}).starts_with("latency/p99_ms 12ms in -..10 of 300: FAILED"));
  CHECK_FALSE(hold_against_limits(wanted, {}, 7, measured)[0].low.has_value());
}

TEST_CASE("limits: of few answers a percentile is no pass, but it can fail") {
  model::Certification wanted;
  wanted.p50_ms = 5;
  wanted.p99_ms = 10;
  const auto verdicts = [&](double p99, uint64_t requests, uint64_t errors) {
    std::string text;
    for (const evidence::Check& check : hold_against_limits(wanted, {}, 7, {.p50_ms = 1, .p99_ms = p99, .requests = requests, .errors = errors}))
      if (check.name.starts_with("latency/")) text += fmt::format("{} ", to_string(check.verdict));
    return text;
  };
  CHECK(verdicts(9, 100, 0) == "PASSED PASSED ");
  CHECK(verdicts(9, 100, 1) == "PASSED INCONCLUSIVE ");
  CHECK(verdicts(11, 99, 0) == "PASSED FAILED ");
  CHECK(verdicts(9, 2, 0) == "PASSED INCONCLUSIVE ");
  CHECK(verdicts(9, 1, 0) == "INCONCLUSIVE INCONCLUSIVE ");
  CHECK(hold_against_limits(wanted, {}, 7, {.requests = 99})[1].note == "99 answers are too few, at least 100 are needed: a higher rate or a longer load");
}

TEST_CASE("limits: a metric comes with its interval, and is held by its value") {
  const model::Certification wanted{.metrics = {{"roc_auc", {.minimum = 0.9, .maximum = {}}}}};
  const auto check = [&](double value) {
    return hold_against_limits(wanted, {{.metric = {.name = "roc_auc", .value = value}, .interval = stats::Interval{.low = value - 0.02, .high = value + 0.01}}}, 7, performance()).at(0);
  };
  CHECK(check(0.91).verdict == Verdict::passed);
  CHECK(check(0.91).low == doctest::Approx(0.89));
  CHECK(check(0.91).high == doctest::Approx(0.92));
  CHECK(check(0.895).verdict == Verdict::failed);
}

TEST_CASE("not worse than the current version: within, in the noise, beyond") {
  model::Certification wanted;
  wanted.not_worse_than_current = {{"log_loss", 0.01}, {"roc_auc", 0.005}};
  const auto verdicts = [&](const evidence::Comparison& comparison) {
    std::string text;
    for (const evidence::Check& check : hold_against_current(wanted, comparison, 1000))
      text += fmt::format("{} {} in {}..{}: {} ({})\n", check.name, check.value ? fmt::format("{:.4g}", *check.value) : "-", number(check.limit.minimum), number(check.limit.maximum),
                          to_string(check.verdict), check.note);
    return text;
  };
  const auto compared = [](double auc, double low, double high, double loss, double loss_low, double loss_high) {
    return evidence::Comparison{.baseline = "1.0.0", .metrics = {{.name = "roc_auc", .current = 0.9, .candidate = 0.9 + auc, .low = low, .high = high},
                                                                 {.name = "log_loss", .current = 0.3, .candidate = 0.3 + loss, .low = loss_low, .high = loss_high}}};
  };
  CHECK(verdicts(compared(0.01, -0.02, 0.04, -0.1, -0.2, 0.1)) == "current/log_loss -0.1 in -..0.01: PASSED (0.2, 1.0.0 has 0.3)\n"
                                                                  "current/roc_auc 0.01 in -0.005..-: PASSED (0.91, 1.0.0 has 0.9)\n");
  CHECK(verdicts(compared(-0.004, -0.02, 0.01, 0.009, 0.001, 0.02)) == "current/log_loss 0.009 in -..0.01: PASSED (0.309, 1.0.0 has 0.3)\n"
                                                                       "current/roc_auc -0.004 in -0.005..-: PASSED (0.896, 1.0.0 has 0.9)\n");
  CHECK(verdicts(compared(-0.01, -0.02, -0.004, 0.02, 0.009, 0.04)) ==
        "current/log_loss 0.02 in -..0.01: INCONCLUSIVE (0.32, 1.0.0 has 0.3; 1000 rows are too few to tell whether it is worse)\n"
        "current/roc_auc -0.01 in -0.005..-: INCONCLUSIVE (0.89, 1.0.0 has 0.9; 1000 rows are too few to tell whether it is worse)\n");
  CHECK(verdicts(compared(-0.01, -0.02, -0.006, 0.02, 0.011, 0.04)) == "current/log_loss 0.02 in -..0.01: FAILED (0.32, 1.0.0 has 0.3)\n"
                                                                       "current/roc_auc -0.01 in -0.005..-: FAILED (0.89, 1.0.0 has 0.9)\n");
  CHECK(verdicts({.baseline = "1.0.0", .metrics = {{.name = "roc_auc", .current = 0.9, .candidate = 0.8}}}) ==
        "current/log_loss - in -..0.01: INCONCLUSIVE (this version or 1.0.0 has no such metric)\n"
        "current/roc_auc -0.1 in -0.005..-: INCONCLUSIVE (0.8, 1.0.0 has 0.9; 1000 rows are too few to tell whether it is worse)\n");
  CHECK(verdicts({.baseline = "1.0.0", .obstacle = "it does not start"}) == "current/log_loss - in -..0.01: WARNED (not compared with 1.0.0: it does not start)\n"
                                                                            "current/roc_auc - in -0.005..-: WARNED (not compared with 1.0.0: it does not start)\n");
  CHECK(hold_against_current({}, {.baseline = "1.0.0"}, 7).empty());
}

TEST_CASE("limits: a load that nobody answered") {
  model::Certification wanted;
  wanted.p99_ms = 9;
  wanted.throughput_per_second = 1;
  CHECK(shown(hold_against_limits(wanted, {}, 7, {.error_share = 1, .requests = 5, .errors = 5})) ==
        "latency/p99_ms -ms in -..9 of 5: INCONCLUSIVE (no request was answered)\n"
        "throughput/per_second 01/s in 1..- of 5: FAILED\n"
        "errors/share 1 in -..0 of 5: FAILED\n");
  CHECK(shown(hold_against_limits({}, {}, 7, {})) == "errors/share - in -..0 of 0: INCONCLUSIVE (no request was sent)\n");
}

TEST_CASE("the worst verdict wins") {
  CHECK(together({}) == Verdict::inconclusive);
  CHECK(together({Verdict::passed, Verdict::passed}) == Verdict::passed);
  CHECK(together({Verdict::passed, Verdict::warned}) == Verdict::warned);
  CHECK(together({Verdict::inconclusive, Verdict::warned, Verdict::passed}) == Verdict::inconclusive);
  CHECK(together({Verdict::failed, Verdict::inconclusive, Verdict::passed}) == Verdict::failed);
}
