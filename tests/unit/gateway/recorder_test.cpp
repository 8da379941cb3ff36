#include "gateway/recorder.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>

using namespace mops;
using gateway::Recorder;
using gateway::Sample;

namespace {

uint64_t lines_in(const Path& folder) {
  uint64_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) ++lines;
  }
  return lines;
}

}  // namespace

TEST_CASE("every sample is written or counted as lost, and those who bring them never wait") {
  std::string name = (std::filesystem::temp_directory_path() / "mops-recorder-XXXXXX").string();
  const Path folder = ::mkdtemp(name.data());
  constexpr uint64_t k_threads = 3;
  constexpr uint64_t k_samples = 5000;
  gateway::RecordStats stats;
  {
    auto recorder = Recorder::start({.folder = folder});
    REQUIRE(recorder);
    std::vector<std::thread> threads;
    for (uint64_t i = 0; i < k_threads; ++i)
      threads.emplace_back([&] {
        for (uint64_t n = 0; n < k_samples; ++n) (*recorder)->offer(std::make_unique<Sample>(Sample{.request_id = "x", .model = "m"}));
      });
    for (std::thread& thread : threads) thread.join();
    stats = (*recorder)->stats();
    CHECK(stats.lost_in_queue > 0);
    CHECK(stats.lost_on_disk == 0);
  }
  // What still waited is written at the end.
  CHECK(lines_in(folder) == k_threads * k_samples - stats.lost_in_queue);
  std::filesystem::remove_all(folder);
}
