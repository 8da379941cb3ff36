#include "load/load.h"

#include "load/runner.h"
#include "net/address.h"
#include "net/http1.h"

#include <algorithm>
#include <cmath>
#include <sys/timerfd.h>

namespace mops::load {
namespace {

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char byte) { return (byte >= 0x20 && byte != 0x7F) || byte == '\t'; });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](unsigned char byte) { return byte > 0x20 && byte < 0x7F; });
}

tl::unexpected<Error> unusable(std::string message) { return fail(ErrorCode::usage, std::move(message)); }

Result<void> check(const LoadPlan& plan) {
  if (!net::is_token(plan.method)) return unusable(fmt::format("found method `{}`, expected a word", plan.method));
  if (!is_target(plan.path)) return unusable(fmt::format("found path `{}`, expected one that begins with `/`, percent-encoded", plan.path));
  for (const auto& [name, value] : plan.headers) {
    if (!net::is_token(name) || !is_field_value(value)) return unusable(fmt::format("header `{}` cannot be sent", name));
    if (net::equals_ignoring_case(name, "content-length") || net::equals_ignoring_case(name, "transfer-encoding")) {
      return unusable(fmt::format("header `{}` is written by the generator", name));
    }
  }
  if (plan.rate_per_second && !(std::isfinite(*plan.rate_per_second) && *plan.rate_per_second > 0)) {
    return unusable(fmt::format("found {} requests a second, expected more than 0", *plan.rate_per_second));
  }
  constexpr uint32_t k_most_connections = 100'000;
  if (plan.connections == 0 || plan.connections > k_most_connections) {
    return unusable(fmt::format("found {} connections, expected 1 to {}", plan.connections, k_most_connections));
  }
  if (plan.duration.count() <= 0 || plan.timeout.count() <= 0 || plan.warmup.count() < 0) return unusable("durations must be longer than 0");
  return {};
}

std::string message_of(const LoadPlan& plan, const std::string* body) {
  const auto has = [&](std::string_view name) {
    return std::any_of(plan.headers.begin(), plan.headers.end(), [&](const auto& header) { return net::equals_ignoring_case(header.first, name); });
  };
  std::string message = fmt::format("{} {} HTTP/1.1\r\n", plan.method, plan.path);
  if (!has("host")) message += fmt::format("Host: {}\r\n", net::Address::tcp(plan.host, plan.port).text());
  if (body != nullptr && !has("content-type")) message += "Content-Type: application/json\r\n";
  for (const auto& [name, value] : plan.headers) message += fmt::format("{}: {}\r\n", name, value);
  if (body != nullptr) message += fmt::format("Content-Length: {}\r\n", body->size());
  message += "\r\n";
  if (body != nullptr) message += *body;
  return message;
}

}  // namespace

Result<LoadReport> run_load(const LoadPlan& plan, std::stop_token stop) {
  MOPS_TRY(check(plan));
  MOPS_ASSIGN(const auto address, net::SocketAddress::resolve(net::Address::tcp(plan.host, plan.port)));
  MOPS_ASSIGN(const auto loop, net::Loop::create());
  FileDescriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!timer) return fail(errno_error("cannot create a timer", errno));
  net::raise_file_limit();

  std::vector<std::string> messages;
  for (const std::string& body : plan.bodies) messages.push_back(message_of(plan, &body));
  if (messages.empty()) messages.push_back(message_of(plan, nullptr));

  Runner runner(plan, std::move(messages), address, *loop, std::move(timer));
  const std::stop_callback on_stop(stop, [&] { loop->stop(); });
  auto report = runner.run();
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "the load was interrupted");
  return report;
}

}  // namespace mops::load
