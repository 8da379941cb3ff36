#include "cli/rate_search_view.h"

#include "fakes/collecting_console.h"

#include <doctest/doctest.h>

using namespace mops;
using load::StepResult;

namespace {

const load::LoadPlan k_plan{.method = "GET", .rate_per_second = 100};
const load::RateLimit k_limit{.p99 = std::chrono::milliseconds(50)};

load::RateStep step(double rate, StepResult result, uint64_t nanoseconds) {
  load::RateStep step{.rate_per_second = rate, .result = result};
  step.report.requests = 100;
  if (nanoseconds > 0) step.report.latency.record_n(nanoseconds, 100);
  return step;
}

load::RateSearch found() {
  load::RateSearch search;
  search.steps = {step(100, StepResult::met, 1'250'000), step(200, StepResult::too_slow, 80'000'000), step(150, StepResult::failing, 0)};
  search.steps[2].report.errors.status_5xx = 100;
  search.steps[2].report.first_error = "status 503";
  search.highest = 100;
  search.lowest_missed = 150;
  search.missed_by = StepResult::failing;
  return search;
}

std::string last_line(const load::RateSearch& search) {
  const std::string text = cli::to_text("http://h/", k_plan, k_limit, search, fakes::CollectingConsole());
  return text.substr(text.rfind('\n', text.size() - 2) + 1);
}

}  // namespace

TEST_CASE("a search, for people") {
  CHECK(cli::to_text("http://h/", k_plan, k_limit, found(), fakes::CollectingConsole()) ==
        "GET http://h/\n"
        "\n"
        "RATE  P50 MS  P99 MS  REQUESTS  ERRORS  RESULT\n"
        " 100    1.25    1.25       100       0  met\n"
        " 200      80      80       100       0  too slow\n"
        " 150       -       -       100     100  failing: status 503\n"
        "\n"
        "PASSED: 100 requests/s keep p99 within 50 ms\n");
}

TEST_CASE("how a search ends") {
  load::RateSearch search = found();
  search.missed_by = StepResult::generator;
  CHECK(last_line(search) == "WARNED: 100 requests/s keep p99 within 50 ms; the generator cannot send more, the server may be able to\n");
  search.highest.reset();
  CHECK(last_line(search) == "INCONCLUSIVE: the generator could send at no rate as it should\n");
  search.missed_by = StepResult::too_slow;
  CHECK(last_line(search) == "FAILED: no rate keeps p99 within 50 ms\n");
  search.interrupted = true;
  CHECK(last_line(search) == "INCONCLUSIVE: interrupted\n");
}
