// Not shipped. A gateway in front of given endpoints, whose route is swapped between two versions all the time:
//   gateway_probe LISTEN_PORT SECONDS SWAPS_PER_SECOND ENDPOINT_PORT...
// Prints its numbers in the end; exit code 1 if a version failed a request.
#include "gateway/gateway.h"
#include "net/loop.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

using namespace mops::gateway;

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  mops::net::raise_file_limit();
  auto gateway = Gateway::start(mops::net::Address::tcp("127.0.0.1", static_cast<uint16_t>(std::atoi(argv[1]))));
  if (!gateway) {
    std::fprintf(stderr, "%s\n", gateway.error().message.c_str());
    return 3;
  }
  const double swaps_per_second = std::atof(argv[3]);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[2]));
  for (uint64_t i = 0; std::chrono::steady_clock::now() < end; ++i) {
    const auto port = static_cast<uint16_t>(std::atoi(argv[4 + i % static_cast<uint64_t>(argc - 4)]));
    const std::string version = std::to_string(port);
    ModelRoute route{.model = "m", .generation = i, .primary = {.payload = version, .version = version, .endpoints = {{"127.0.0.1", port}}}};
    if (!(*gateway)->swap({.generation = i, .models = {route}})) return 3;
    if (i == 0) {
      std::printf("%s\n", (*gateway)->address().text().c_str());
      std::fflush(stdout);
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(1 / swaps_per_second));
  }
  (*gateway)->stop(std::chrono::seconds(5));
  uint64_t failed = 0;
  for (const VersionStats& version : (*gateway)->stats().versions) {
    std::printf("%s: %lu requests, %lu failed, %lu retried, p50 %.1f us, p99 %.1f us\n", version.version.c_str(), version.requests, version.failed,
                version.retried, static_cast<double>(version.latency.quantile(0.5)) / 1e3, static_cast<double>(version.latency.quantile(0.99)) / 1e3);
    failed += version.failed;
  }
  return failed > 0 ? 1 : 0;
}
