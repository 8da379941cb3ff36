#include "base/process_usage.h"
#include "cli/commands/all.h"
#include "cli/load_plan.h"
#include "cli/load_view.h"
#include "cli/progress.h"
#include "cli/rate_search_view.h"
#include "http/url.h"

#include <cmath>

namespace mops::cli {
namespace {

class LoadCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "load",
            .summary = "send HTTP requests at a rate, or as fast as answers come back, and measure latency and throughput",
            .examples = {"mops load http://127.0.0.1:8080/v2/models/churn/infer --rate 1000 --duration 20s --body request.json",
                         "mops load http://127.0.0.1:8080/v2/health/ready --connections 32 --warm-up 2s", "mops load URL --rate 200 --arrivals poisson --body rows.jsonl --format json",
                         "mops load URL --find-rate --p99 50ms --duration 5s --body rows.jsonl"}};
  }

  std::vector<Option> options() override {
    std::vector<Option> all = load_.options();
    all.push_back({.name = "--pid", .value = "N", .help = "tell the CPU time and peak memory of this process, and of all that it started", .target = &pid_});
    all.push_back({.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}});
    return all;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const load::LoadPlan plan, load_.plan(env));
    MOPS_ASSIGN(const std::optional<load::RateLimit> limit, load_.rate_limit());
    return limit ? search(env, plan, *limit) : measure(env, plan);
  }

 private:
  static Result<load::LoadReport> send(Env& env, const load::LoadPlan& plan, Progress& progress) {
    const std::string what = plan.rate_per_second ? fmt::format("sending {} requests/s", *plan.rate_per_second) : fmt::format("sending over {} connections", plan.connections);
    const auto total = static_cast<uint64_t>(std::chrono::ceil<std::chrono::seconds>(plan.warmup + plan.duration).count());
    return load::run_load(plan, env.stop, [&](std::chrono::duration<double> since_begin, const load::LoadReport&) {
      progress.show(what, std::min(static_cast<uint64_t>(since_begin.count()), total), total);
    });
  }

  static ExitCode exit_code(Verdict verdict) { return verdict <= Verdict::warned ? ExitCode::done : ExitCode::answer_is_no; }

  Result<ExitCode> measure(Env& env, const load::LoadPlan& plan) {
    MOPS_ASSIGN(const std::optional<ProcessUsage> before, watched());
    Progress progress(env.console, env.clock);
    MOPS_ASSIGN(const load::LoadReport report, send(env, plan, progress));
    progress.clear();
    std::optional<ProcessUsage> server = before ? usage_of(static_cast<pid_t>(*pid_)) : std::nullopt;
    if (server) server->cpu_seconds = std::max(0.0, server->cpu_seconds - before->cpu_seconds);
    else if (before) env.console.err(fmt::format("warning: process {} has ended, and what it took is not known\n", *pid_));
    const std::string url = http::redact_urls(load_.url);
    env.console.out(format_ == "json" ? to_json(url, plan, report, server) : to_text(url, plan, report, server, env.console));
    return report.interrupted ? ExitCode::interrupted : exit_code(verdict_of(plan, report));
  }

  Result<ExitCode> search(Env& env, const load::LoadPlan& plan, const load::RateLimit& limit) {
    if (pid_) return fail(ErrorCode::usage, "`--pid` is about one load, and `--find-rate` sends many", "leave one of them out");
    Progress progress(env.console, env.clock);
    MOPS_ASSIGN(const load::RateSearch found, load::find_highest_rate(plan, limit, [&](const load::LoadPlan& step) { return send(env, step, progress); }));
    progress.clear();
    const std::string url = http::redact_urls(load_.url);
    env.console.out(format_ == "json" ? to_json(url, plan, limit, found) : to_text(url, plan, limit, found, env.console));
    return found.interrupted ? ExitCode::interrupted : exit_code(verdict_of(found));
  }

  /// Of the process that is to be watched; nothing when none is.
  [[nodiscard]] Result<std::optional<ProcessUsage>> watched() const {
    if (!pid_) return std::optional<ProcessUsage>();
    constexpr double k_highest_pid = 4'194'304;  // proc(5), pid_max
    const bool is_pid = *pid_ >= 1 && *pid_ <= k_highest_pid && std::floor(*pid_) == *pid_;
    const auto usage = is_pid ? usage_of(static_cast<pid_t>(*pid_)) : std::nullopt;
    if (!usage) return fail(ErrorCode::not_found, fmt::format("there is no process {}", *pid_), "`--pid` is the process that answers, here on this machine");
    return usage;
  }

  LoadOptions load_;
  std::optional<double> pid_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_load_command() { return std::make_unique<LoadCommand>(); }

}  // namespace mops::cli
