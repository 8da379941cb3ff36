#include "cli/commands/all.h"
#include "cli/load_plan.h"
#include "cli/load_view.h"
#include "cli/progress.h"
#include "http/url.h"

namespace mops::cli {
namespace {

class LoadCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "load",
            .summary = "send HTTP requests at a rate, or as fast as answers come back, and measure latency and throughput",
            .examples = {"mops load http://127.0.0.1:8080/v2/models/churn/infer --rate 1000 --duration 20s --body request.json",
                         "mops load http://127.0.0.1:8080/v2/health/ready --connections 32 --warm-up 2s", "mops load URL --rate 200 --arrivals poisson --body rows.jsonl --format json"}};
  }

  std::vector<Option> options() override {
    std::vector<Option> all = load_.options();
    all.push_back({.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}});
    return all;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const load::LoadPlan plan, load_.plan(env));
    const std::string url = http::redact_urls(load_.url);
    Progress progress(env.console, env.clock);
    const std::string what = plan.rate_per_second ? fmt::format("sending {} requests/s", *plan.rate_per_second) : fmt::format("sending over {} connections", plan.connections);
    const auto total = static_cast<uint64_t>(std::chrono::ceil<std::chrono::seconds>(plan.warmup + plan.duration).count());
    MOPS_ASSIGN(const load::LoadReport report, load::run_load(plan, env.stop, [&](std::chrono::duration<double> since_begin, const load::LoadReport&) {
                  progress.show(what, std::min(static_cast<uint64_t>(since_begin.count()), total), total);
                }));
    progress.clear();
    env.console.out(format_ == "json" ? to_json(url, plan, report) : to_text(url, plan, report, env.console));
    if (report.interrupted) return ExitCode::interrupted;
    return verdict_of(plan, report) <= Verdict::warned ? ExitCode::done : ExitCode::answer_is_no;
  }

 private:
  LoadOptions load_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_load_command() { return std::make_unique<LoadCommand>(); }

}  // namespace mops::cli
