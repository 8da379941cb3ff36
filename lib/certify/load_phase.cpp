#include "certify/load_phase.h"

#include "certify/answers.h"
#include "load/rate_search.h"

namespace mops::certify {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

/// Bodies that are prepared for the load; a larger data set is walked through in this many steps.
constexpr size_t k_bodies = 2000;
/// At a rate to be tried, as long as so many requests take: of fewer the 99th percentile would be the slowest.
constexpr double k_step_requests = 100;
constexpr Milliseconds k_shortest_step = 250ms;
/// A slow model gets fewer, so that some rates can be tried in the time that there is.
constexpr int k_least_steps = 5;
/// What was missed is at most so much more than what was met, or the capacity is not known from above.
constexpr double k_known_within = 1.2;

double milliseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

Result<load::LoadPlan> plan_load(const MeasurementOrder& order) {
  load::LoadPlan plan{.host = order.endpoint.host, .port = order.endpoint.port, .path = tensor::infer_path(order.manifest.serving.model)};
  const size_t rows = order.dataset.rows();
  const size_t size = std::min<size_t>(rows, std::max<uint64_t>(1, order.manifest.certification.load.rows_per_request));
  const size_t bodies = std::min(k_bodies, rows / size);
  for (size_t i = 0; i < bodies; ++i) {
    const size_t first = i * (rows / size) / bodies * size;
    MOPS_ASSIGN(std::string body, tensor::infer_request(order.dataset, order.manifest.interface, {.first = first, .end = first + size}));
    plan.bodies.push_back(std::move(body));
  }
  return plan;
}

class LoadPhase {
 public:
  LoadPhase(const MeasurementOrder& order, load::LoadPlan plan, const Progress& progress, const std::stop_token& stop)
      : order_(order), wanted_(order.manifest.certification), plan_(std::move(plan)), progress_(progress), stop_(stop) {}

  Result<MeasuredLoad> run() {
    const std::optional<ProcessUsage> before = order_.usage ? order_.usage() : std::nullopt;
    MOPS_TRY(send_runs());
    summarize();
    if (const auto after = before ? order_.usage() : std::nullopt) {
      result_.performance.cpu_seconds = std::max(0.0, after->cpu_seconds - before->cpu_seconds);
      result_.performance.peak_memory_bytes = after->peak_memory_bytes;
    }
    MOPS_TRY(find_capacity());
    std::sort(result_.rate_curve.begin(), result_.rate_curve.end());
    return std::move(result_);
  }

 private:
  void show(std::string_view what) const {
    if (progress_) progress_(what, 0, 0);
  }

  Result<load::LoadReport> send(const load::LoadPlan& plan) const {
    MOPS_ASSIGN(load::LoadReport report, load::run_load(plan, stop_));
    if (report.interrupted) return fail(ErrorCode::interrupted, "the load was interrupted");
    return report;
  }

  Result<void> send_runs() {
    const model::Load& load = wanted_.load;
    load::LoadPlan plan = plan_;
    plan.rate_per_second = load.rate_per_second;
    plan.warmup = load.warmup;
    plan.duration = std::max(load.duration / static_cast<int64_t>(load.repeats), Milliseconds(1));
    for (uint64_t i = 0; i < load.repeats; ++i) {
      show(fmt::format("sending {} requests/s for {:g} s, run {} of {}", load.rate_per_second, std::chrono::duration<double>(plan.duration + plan.warmup).count(), i + 1, load.repeats));
      MOPS_ASSIGN(const load::LoadReport report, send(plan));
      add(report);
      plan.warmup = {};
    }
    return {};
  }

  void add(const load::LoadReport& report) {
    evidence::Performance& all = result_.performance;
    all.requests += report.requests;
    all.errors += report.errors.all();
    all.duration_seconds += report.seconds;
    for (const load::LoadErrorClass& kind : load::k_load_error_classes)
      if (const uint64_t count = report.errors.*kind.count; count > 0) all.errors_by_class[std::string(kind.name)] += count;
    result_.latency.merge(report.latency);
    uncorrected_.merge(report.uncorrected);
    if (result_.first_error.empty()) result_.first_error = report.first_error;
    if (!result_.generator_limited) result_.generator_limited = report.generator_limited;
    evidence::LoadRun run{.throughput_per_second = report.throughput, .requests = report.requests};
    if (report.latency.count() > 0) {
      run.p50_ms = milliseconds(report.latency.quantile(0.5));
      run.p99_ms = milliseconds(report.latency.quantile(0.99));
    }
    all.runs.push_back(run);
  }

  void summarize() {
    evidence::Performance& all = result_.performance;
    const stats::FineHistogram& latency = result_.latency;
    all.rate_per_second = wanted_.load.rate_per_second;
    if (all.duration_seconds > 0) all.throughput_per_second = static_cast<double>(latency.count()) / all.duration_seconds;
    if (all.requests > 0) all.error_share = static_cast<double>(all.errors) / static_cast<double>(all.requests);
    if (latency.count() == 0) return;
    all.p50_ms = milliseconds(latency.quantile(0.5));
    all.p99_ms = milliseconds(latency.quantile(0.99));
    all.max_ms = milliseconds(latency.quantile(1));
    all.uncorrected_p99_ms = milliseconds(uncorrected_.quantile(0.99));
    result_.rate_curve.push_back({all.rate_per_second, all.p99_ms});
  }

  [[nodiscard]] bool keeps(const load::LoadReport& report, const load::RateLimit& limit) const {
    return report.latency.count() > 0 && std::chrono::nanoseconds(report.latency.quantile(0.99)) <= limit.p99 &&
           static_cast<double>(report.errors.all()) <= limit.error_share * static_cast<double>(report.requests);
  }

  /// Begins at the end: with as many clients as the load has connections, each of which waits for its answer, nothing gets more answers a
  /// second out of the model. A higher rate would only seem to be kept, for as long as its queue takes to grow.
  Result<void> find_capacity() {
    const Milliseconds time = wanted_.load.capacity_time;
    if (!wanted_.p99_ms || time.count() == 0 || result_.latency.count() == 0) return {};
    show("searching for the highest rate that keeps to the latency limit");
    const auto deadline = std::chrono::steady_clock::now() + time;
    const Milliseconds longest = std::max(time / k_least_steps, Milliseconds(1));
    const Milliseconds shortest = std::min(k_shortest_step, longest);
    load::LoadPlan plan = plan_;
    plan.duration = shortest;
    plan.timeout = std::clamp(time, Milliseconds(1000), plan.timeout);
    MOPS_ASSIGN(const load::LoadReport flood, send(plan));
    if (flood.throughput <= 0) return {};
    const double most = flood.throughput;
    plan.rate_per_second = most;
    const load::RateLimit limit{.p99 = std::chrono::nanoseconds(static_cast<int64_t>(*wanted_.p99_ms * 1e6)), .error_share = wanted_.error_share};
    bool is_saturated = false;
    const auto run = [&](load::LoadPlan step) -> Result<load::LoadReport> {
      const double rate = step.rate_per_second.value();
      step.duration = std::clamp(Milliseconds(static_cast<int64_t>(1000 * k_step_requests / rate)), shortest, longest);
      MOPS_ASSIGN(load::LoadReport report, send(step));
      // One disturbance is not the model's.
      if (!keeps(report, limit)) {
        MOPS_ASSIGN(report, send(step));
      }
      is_saturated = rate >= most && keeps(report, limit);
      return report;
    };
    MOPS_ASSIGN(const load::RateSearch search, load::find_highest_rate(plan, limit, run, [&] { return is_saturated || std::chrono::steady_clock::now() >= deadline; }));
    for (const load::RateStep& step : search.steps)
      if (step.report.latency.count() > 0) result_.rate_curve.push_back({step.rate_per_second, milliseconds(step.report.latency.quantile(0.99))});
    note_capacity(search, flood.generator_limited.has_value());
    return {};
  }

  void note_capacity(const load::RateSearch& search, bool is_generator_at_its_end) {
    evidence::Performance& all = result_.performance;
    double highest = search.highest.value_or(0);
    bool is_least = is_generator_at_its_end || search.missed_by == load::StepResult::generator;
    // The time was over before the search was.
    if (search.lowest_missed && *search.lowest_missed > k_known_within * highest) is_least = true;
    // A longer measurement than any step of the search.
    const bool holds = all.p99_ms <= *wanted_.p99_ms && all.error_share <= wanted_.error_share && !result_.generator_limited;
    if (holds && all.throughput_per_second > highest) {
      highest = all.throughput_per_second;
      is_least = true;
    }
    if (highest > 0) all.capacity = evidence::Capacity{.per_second = highest, .is_least = is_least};
  }

  const MeasurementOrder& order_;
  const model::Certification& wanted_;
  const load::LoadPlan plan_;
  const Progress& progress_;
  const std::stop_token& stop_;
  stats::FineHistogram uncorrected_;
  MeasuredLoad result_;
};

}  // namespace

Result<MeasuredLoad> measure_load(const MeasurementOrder& order, const Progress& progress, const std::stop_token& stop) {
  MOPS_ASSIGN(load::LoadPlan plan, plan_load(order));
  FolderLock machine;
  if (order.take_machine) {
    MOPS_ASSIGN(machine, order.take_machine(stop));
  }
  return LoadPhase(order, std::move(plan), progress, stop).run();
}

}  // namespace mops::certify
