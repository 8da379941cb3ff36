#include "cli/load_view.h"

#include "fakes/collecting_console.h"

#include <doctest/doctest.h>

using namespace mops;

namespace {

load::LoadReport sample() {
  load::LoadReport report;
  for (uint64_t i = 1; i <= 1000; ++i) {
    report.latency.record(i * 10'000);
    report.uncorrected.record(i * 5'000);
    report.send_delay.record(60'000);
  }
  report.requests = 1003;
  report.errors.timeout = 1;
  report.errors.status_5xx = 2;
  report.first_error = "status 503";
  report.warmup_requests = 50;
  report.seconds = 2;
  report.throughput = 500;
  report.cpu_seconds = 0.02;
  report.connections_opened = 3;
  return report;
}

const load::LoadPlan k_open{.rate_per_second = 500, .connections = 256, .warmup = std::chrono::milliseconds(100), .duration = std::chrono::seconds(2)};

}  // namespace

TEST_CASE("an open loop, for people") {
  const fakes::CollectingConsole console;
  CHECK(cli::to_text("http://h/x", k_open, sample(), mops::ProcessUsage{.cpu_seconds = 1.25, .peak_memory_bytes = 20'500'000}, console) ==
        "POST http://h/x\n"
        "open loop: 500 requests/s, evenly, at most 256 connections, 2 s after 100 ms of warm-up\n"
        "\n"
        "LATENCY MS     P50    P90    P99  P99.9    MAX\n"
        "corrected    5.005  9.003  9.907  9.994  10.00\n"
        "uncorrected  2.503  4.502  4.953  4.997  5.000\n"
        "\n"
        "requests    1003, and 50 in the warm-up\n"
        "errors      3: timeout 1, 5xx 2 (first: status 503)\n"
        "throughput  500.0 answers/s\n"
        "generator   0.02 s of CPU, 19.0 µs a request; 0 sent late (over 1 ms), at most 0.060 ms\n"
        "server      1.25 s of CPU, at most 20.5 MB of memory\n"
        "\n"
        "WARNED: some requests failed\n");
}

TEST_CASE("verdicts, and why") {
  const fakes::CollectingConsole console;
  const load::LoadPlan closed{.connections = 8};
  const auto last_line = [&](const load::LoadPlan& plan, const load::LoadReport& report) {
    const std::string text = cli::to_text("http://h/x", plan, report, {}, console);
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  load::LoadReport report = sample();
  report.errors = {};
  CHECK(last_line(k_open, report) == "PASSED\n");
  CHECK(last_line(closed, report) == "PASSED\n");
  report.generator_limited = "the generator used 97 % of one core";
  CHECK(last_line(k_open, report) == "INCONCLUSIVE: the generator used 97 % of one core\n");
  CHECK(last_line(closed, report) == "WARNED: the generator used 97 % of one core\n");
  report.latency.clear();
  CHECK(last_line(k_open, report) == "FAILED: no request was answered with a 2xx status\n");
  report.interrupted = true;
  CHECK(last_line(k_open, report) == "INCONCLUSIVE: interrupted\n");
  CHECK(cli::to_text("http://h/x", closed, report, {}, console).find("measured      -    -    -      -    -\n") != std::string::npos);
}

TEST_CASE("what was not measured is null in JSON") {
  const std::string json = cli::to_json("http://h/x", k_open, load::LoadReport{}, {});
  CHECK(json.find("\"p99_9\": null") != std::string::npos);
  CHECK(json.find("\"first_error\": null") != std::string::npos);
  CHECK(json.find("\"verdict\": \"FAILED\"") != std::string::npos);
}
