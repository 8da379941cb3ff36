#include "certify/report_rows.h"
#include "stats/metric.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::certify;

namespace {

evidence::Certificate certificate(double auc, Verdict verdict) {
  evidence::Certificate c{.verdict = verdict, .model = "churn", .payload = sha256("p"), .commit = "abc", .dataset = {.name = "holdout", .sha256 = sha256("d"), .rows = 1000}};
  c.checks = {{.name = "latency/p99_ms", .value = 8.25, .limit = {.maximum = 50}, .unit = "ms", .n = 1000, .verdict = Verdict::passed},
              {.name = "metrics/roc_auc", .value = auc, .limit = {.minimum = 0.8}, .n = 1000, .verdict = verdict}};
  c.metrics = {{"roc_auc", auc}};
  c.performance = {.p50_ms = 2, .p99_ms = 8.25, .max_ms = 12, .throughput_per_second = 100, .requests = 1000, .rate_per_second = 100, .duration_seconds = 10};
  c.measured_on = {.target = "local", .cpu_model = "a <fast> one", .cores = 2, .memory_bytes = 8ULL << 30, .load_before = 0.5, .mops_version = "0.1.0"};
  return c;
}

const Measurements k_none;
const Measurements k_measurements{.latency = {}, .curves = {{"roc", {{0, 0}, {0.2, 0.9}, {1, 1}}}, {"latency_ms", {{0, 1}, {0.99, 8.25}}}}};

}  // namespace

TEST_CASE("report: the reason of a refusal is the first sentence") {
  CHECK(headline(certificate(0.9, Verdict::passed)) == "All 2 checks hold.");
  CHECK(headline(certificate(0.7, Verdict::failed)) == "1 of 2 checks does not hold: metrics/roc_auc is 0.7, expected ≥ 0.8.");
  CHECK(headline(certificate(0.9, Verdict::warned)) == "All 2 checks hold, 1 with a warning: metrics/roc_auc is 0.9, expected ≥ 0.8.");
  evidence::Certificate several = certificate(0.7, Verdict::inconclusive);
  several.checks[0].verdict = Verdict::warned;
  several.checks.push_back({.name = "contract/batch", .value = 2, .limit = {.maximum = 0}, .n = 32, .verdict = Verdict::failed, .note = "rows 1, 2 are answered otherwise"});
  CHECK(headline(several) == "2 of 3 checks do not hold: contract/batch: rows 1, 2 are answered otherwise.");
  CHECK(headline(evidence::Certificate{}) == "Nothing was checked.");
}

TEST_CASE("report: the worst first, and in words what each check is about") {
  evidence::Certificate c = certificate(0.9, Verdict::passed);
  c.checks.clear();
  for (const Verdict verdict : {Verdict::passed, Verdict::warned, Verdict::failed, Verdict::inconclusive, Verdict::failed})
    c.checks.push_back({.name = fmt::format("x/{}", c.checks.size()), .verdict = verdict});
  std::string names;
  for (const CheckRow& row : check_rows(c)) names += row.name + " ";
  CHECK(names == "x/2 x/4 x/3 x/1 x/0 ");

  c.checks = {{.name = "rehearsal/failed_requests"}};
  for (const stats::MetricKind kind : {stats::MetricKind::binary, stats::MetricKind::multiclass, stats::MetricKind::regression})
    for (const stats::MetricInfo& info : stats::metrics_of(kind)) c.checks.push_back({.name = fmt::format("metrics/{}", info.name)});
  for (const CheckRow& row : check_rows(c)) CHECK_MESSAGE(!row.meaning.empty(), row.name);
}

TEST_CASE("report: what a candidate is better and worse in") {
  const ComparisonRow better{.name = "roc_auc", .current = "0.67", .candidate = "0.77", .difference = "+0.1", .word = "better"};
  const ComparisonRow worse{.name = "latency p50", .current = "2 ms", .candidate = "3 ms", .difference = "+1 ms", .word = "worse"};
  const ComparisonRow equal{.name = "failed requests", .current = "0", .candidate = "0", .difference = "0", .word = "equal"};
  CHECK(comparison_sentence({worse, equal, better}) == "Better in roc_auc (0.67, now 0.77); worse in latency p50 (2 ms, now 3 ms).");
  CHECK(comparison_sentence({worse}) == "Worse in latency p50 (2 ms, now 3 ms).");
  CHECK(comparison_sentence({equal}).empty());
}

TEST_CASE("report: how much the model can answer, and how the runs differ") {
  evidence::Certificate c = certificate(0.9, Verdict::passed);
  c.performance.runs = {{.p50_ms = 2, .p99_ms = 7.5, .throughput_per_second = 100, .requests = 500}, {.p50_ms = 2, .p99_ms = 9, .throughput_per_second = 99, .requests = 500}};
  c.performance.capacity = evidence::Capacity{.per_second = 1280};
  const Measurements measured{.latency = {}, .curves = {{std::string(k_rate_curve), {{100, 8.25}, {640, 20}, {1280, 45}}}}, .distributions = {}};
  const std::string page = report_page({.candidate = {.certificate = c, .measurements = measured, .label = "1.1.0"}, .file = "e.json", .key_id = "key"});
  CHECK(page.find("Latency under more load") != std::string::npos);
  CHECK(page.find("1,280 requests/s keep to the latency limit; where the line turns up") != std::string::npos);
  CHECK(page.find("<dt>p99 of each run</dt><dd>7.5, 9 ms</dd>") != std::string::npos);
  CHECK(page.find("<dt>capacity</dt><dd>1,280 requests/s keep to the latency limit</dd>") != std::string::npos);
  c.performance.capacity->is_least = true;
  CHECK(report_markdown({.candidate = {.certificate = c, .measurements = measured, .label = "1.1.0"}, .file = "e.json", .key_id = "key"})
            .find("| capacity | at least 1,280 requests/s keep to the latency limit |") != std::string::npos);
}

TEST_CASE("report: a page that stands alone") {
  const evidence::Certificate candidate = certificate(0.9, Verdict::passed);
  const evidence::Certificate before = certificate(0.85, Verdict::passed);
  ReportOrder order{.candidate = {.certificate = candidate, .measurements = k_measurements, .label = "1.1.0"}, .description = "Who <leaves>", .file = "evidence/x.json", .key_id = "key"};
  const std::string alone = report_page(order);
  CHECK(alone.find("<h1>churn 1.1.0 <span class=\"badge PASSED\">PASSED</span></h1>") != std::string::npos);
  CHECK(alone.find("Who &lt;leaves&gt;") != std::string::npos);
  CHECK(alone.find("a &lt;fast&gt; one") != std::string::npos);
  CHECK(alone.find("Compared with") == std::string::npos);
  CHECK(alone.find("(ROC)") != std::string::npos);
  CHECK(alone.find("calibration") == std::string::npos);
  order.current.emplace(Reported{.certificate = before, .measurements = k_measurements, .label = "1.0.0"});
  const std::string compared = report_page(order);
  CHECK(compared.find("<h2>Compared with 1.0.0</h2>") != std::string::npos);
  CHECK(compared.find("<td>roc_auc</td><td class=\"number\">0.85</td><td class=\"number\">0.9</td><td class=\"number\">+0.05</td><td>better</td>") != std::string::npos);
  CHECK(compared.find("class=\"dashed\"") != std::string::npos);
}

TEST_CASE("report: Markdown for a pull request") {
  const evidence::Certificate candidate = certificate(0.7, Verdict::failed);
  const evidence::Certificate before = certificate(0.85, Verdict::passed);
  ReportOrder order{.candidate = {.certificate = candidate, .measurements = k_none, .label = "1.1.0"}, .file = "e.json", .key_id = "key"};
  order.current.emplace(Reported{.certificate = before, .measurements = k_none, .label = "1.0.0"});
  const std::string text = report_markdown(order);
  CHECK(text.starts_with("## churn 1.1.0: FAILED\n\n1 of 2 checks does not hold: metrics/roc\\_auc is 0.7, expected ≥ 0.8.\n\n"
                         "| check | value | limit | n | verdict |\n|---|---:|---|---:|---|\n"
                         "| metrics/roc\\_auc | 0.7 | ≥ 0.8 | 1,000 | FAILED |\n"
                         "| latency/p99\\_ms | 8.25 ms | ≤ 50 ms | 1,000 | PASSED |\n"
                         "\n### Compared with 1.0.0\n\nWorse in roc\\_auc (0.85, now 0.7).\n\n| | 1.0.0 | 1.1.0 | difference | |\n|---|---:|---:|---:|---|\n"
                         "| roc\\_auc | 0.85 | 0.7 | -0.15 | worse |\n"));
}
