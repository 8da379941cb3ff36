#include "cli/load_plan.h"

#include "base/duration.h"
#include "base/text.h"
#include "http/url.h"

#include <cmath>

namespace mops::cli {
namespace {

constexpr uint32_t k_closed_connections = 32;
constexpr uint32_t k_open_connections = 256;
constexpr double k_first_rate = 100;

Result<http::Url> read_url(const std::string& text) {
  auto url = http::parse_url(text);
  constexpr std::string_view k_help = "write it as http://HOST:PORT/PATH";
  if (!url) return fail(ErrorCode::usage, url.error().message, std::string(k_help));
  if (url->scheme != "http")
    return fail(ErrorCode::usage, "`mops load` speaks plain HTTP, not `https`", "send the load to the server behind whatever speaks TLS for it");
  if (!url->credentials.empty())
    return fail(ErrorCode::usage, "the URL has a user name or password in it", "give them as a header: `--header 'Authorization: ...'`");
  return url;
}

enum class Zero { possible, refused };

Result<std::chrono::milliseconds> read_duration(std::string_view option, const std::string& text, Zero zero) {
  auto duration = parse_duration(text);
  if (!duration) return fail(std::move(duration).error().in_context(fmt::format("`{}` cannot be used", option)));
  if (zero == Zero::refused && duration->count() == 0) return fail(ErrorCode::usage, fmt::format("found `{} {}`, expected at least 1 ms", option, text));
  return duration;
}

Result<uint32_t> read_connections(double number) {
  if (number >= 1 && number <= 100'000 && std::floor(number) == number) return static_cast<uint32_t>(number);
  return fail(ErrorCode::usage, fmt::format("found {:g} connections, expected a whole number from 1 to 100000", number));
}

Result<std::pair<std::string, std::string>> read_header(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0)
    return fail(ErrorCode::usage, fmt::format("the header `{}` has no name", text), "write it as `--header 'Name: value'`");
  return std::pair(text.substr(0, colon), std::string(trim(std::string_view(text).substr(colon + 1))));
}

bool is_json_lines(const Path& path) { return path.extension() == ".jsonl" || path.extension() == ".ndjson"; }

/// One body, or one a line of a file of JSON Lines.
Result<void> add_bodies(FileSystem& files, const Path& path, const std::string& name, std::vector<std::string>& bodies) {
  MOPS_ASSIGN(std::string text, files.read(path));
  if (!is_json_lines(path)) {
    bodies.push_back(std::move(text));
    return {};
  }
  const size_t before = bodies.size();
  for (const std::string_view line : split(text, '\n'))
    if (!trim(line).empty()) bodies.emplace_back(trim(line));
  if (bodies.size() == before) return fail(ErrorCode::usage, fmt::format("`{}` has no line with a body", name), "write one JSON document a line");
  return {};
}

}  // namespace

std::vector<Option> LoadOptions::options() {
  return {{.name = "URL", .help = "where to send: http://HOST:PORT/PATH", .target = &url, .presence = Presence::required},
          {.name = "--rate", .value = "N", .help = "open loop: start so many requests a second, whatever the server does", .target = &rate},
          {.name = "--connections", .value = "N", .help = "closed loop: keep so many requests on their way (32); with a rate: open at most so many (256)",
           .target = &connections},
          {.name = "--duration", .value = "TIME", .help = "how long to measure: `500ms`, `20s`, `5m` (10s)", .target = &duration},
          {.name = "--warm-up", .value = "TIME", .help = "send as long before that, and leave it out of the numbers (0s)", .target = &warm_up},
          {.name = "--arrivals", .value = "KIND", .help = "how the requests of a rate follow each other: evenly, or as independent clients send", .target = &arrivals,
           .choices = {"constant", "poisson"}},
          {.name = "--seed", .value = "N", .help = "of poisson arrivals; the same seed gives the same starts (1)", .target = &seed},
          {.name = "--method", .value = "WORD", .help = "of the requests (POST with a body, else GET)", .target = &method},
          {.name = "--header", .value = "'NAME: VALUE'", .help = "send this header; may be repeated", .target = &headers},
          {.name = "--body", .value = "FILE",
           .help = "send the content of this file; of a `.jsonl` or `.ndjson` file one line at a time, in turn; may be repeated", .target = &bodies},
          {.name = "--find-rate", .help = "search for the highest rate that keeps to `--p99`, beginning at `--rate` (100); each step takes warm-up and duration", .target = &find_rate},
          {.name = "--p99", .value = "TIME", .help = "with `--find-rate`: 99 % of the answers must come within this time, and none may fail", .target = &p99},
          {.name = "--timeout", .value = "TIME", .help = "give up a request after this (10s)", .target = &timeout}};
}

Result<load::LoadPlan> LoadOptions::plan(Env& env) const {
  load::LoadPlan plan;
  MOPS_ASSIGN(const http::Url target, read_url(url));
  plan.host = target.host.starts_with('[') ? target.host.substr(1, target.host.size() - 2) : target.host;
  plan.port = target.port;
  plan.path = target.path + (target.query.empty() ? "" : "?" + target.query);
  if (!rate && !connections && !find_rate)
    return fail(ErrorCode::usage, "`mops load` needs `--rate` or `--connections`",
                "`--rate 100` starts 100 requests a second; `--connections 32` sends as fast as 32 answers at a time come back");
  plan.rate_per_second = find_rate ? rate.value_or(k_first_rate) : rate;
  plan.connections = plan.rate_per_second ? k_open_connections : k_closed_connections;
  if (connections) {
    MOPS_ASSIGN(plan.connections, read_connections(*connections));
  }
  MOPS_ASSIGN(plan.duration, read_duration("--duration", duration, Zero::refused));
  MOPS_ASSIGN(plan.warmup, read_duration("--warm-up", warm_up, Zero::possible));
  MOPS_ASSIGN(plan.timeout, read_duration("--timeout", timeout, Zero::refused));
  plan.arrivals = arrivals == "poisson" ? load::Arrivals::poisson : load::Arrivals::constant;
  plan.seed = static_cast<uint64_t>(seed);
  for (const std::string& header : headers) {
    MOPS_ASSIGN(auto field, read_header(header));
    plan.headers.push_back(std::move(field));
  }
  for (const std::string& body : bodies) MOPS_TRY(add_bodies(env.files, env.folder / body, body, plan.bodies));
  plan.method = method.value_or(plan.bodies.empty() ? "GET" : "POST");
  return plan;
}

Result<std::optional<load::RateLimit>> LoadOptions::rate_limit() const {
  if (find_rate != p99.has_value())
    return fail(ErrorCode::usage, find_rate ? "`--find-rate` needs `--p99`" : "`--p99` is the limit of `--find-rate`, which is not there",
                "`mops load URL --find-rate --p99 50ms` tells the highest rate at which 99 % of the answers come within 50 ms");
  if (!find_rate) return std::optional<load::RateLimit>();
  MOPS_ASSIGN(const auto within, read_duration("--p99", *p99, Zero::refused));
  return load::RateLimit{.p99 = within};
}

}  // namespace mops::cli
