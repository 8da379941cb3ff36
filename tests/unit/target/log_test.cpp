#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"
#include "target/log.h"

#include <doctest/doctest.h>
#include <fstream>
#include <mutex>
#include <thread>

using namespace mops;
using namespace mops::target;

namespace {

void append(const Path& path, const std::string& text) { std::ofstream(path, std::ios::app) << text; }

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("last_lines") {
  const fakes::TemporaryFolder folder;
  const Path log = folder.path() / "log";
  CHECK(last_lines(log, 3).empty());
  append(log, "");
  CHECK(last_lines(log, 3).empty());
  append(log, "a\nb\r\n\nc");
  CHECK(last_lines(log, 10) == Lines{"a", "b", "", "c"});
  CHECK(last_lines(log, 2) == Lines{"", "c"});
  CHECK(last_lines(log, 1) == Lines{"c"});
  CHECK(last_lines(log, 0).empty());
  append(log, "\n");
  CHECK(last_lines(log, 1) == Lines{"c"});
  append(log, std::string(3'000'000, 'x') + "\nend\n");
  const Lines lines = last_lines(log, 3);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == std::string(2000, 'x'));
  CHECK(lines[1] == "end");
}

TEST_CASE("show_log") {
  const fakes::TemporaryFolder folder;
  const Path log = folder.path() / "log";
  std::mutex mutex;
  std::string shown;
  const OutputSink sink = [&](std::string_view text, bool) {
    const std::lock_guard lock(mutex);
    shown += text;
  };
  const auto wait_for_text = [&](std::string_view text) {
    const SteadyDeadline deadline(std::chrono::seconds(10));
    while (!deadline.passed()) {
      {
        const std::lock_guard lock(mutex);
        if (shown == text) break;
      }
      std::this_thread::yield();
    }
    const std::lock_guard lock(mutex);
    CHECK(shown == text);
  };
  SUBCASE("the last lines, byte by byte") {
    append(log, "a\nb\r\nc\n");
    CHECK(show_log(log, {.last_lines = 2}, sink, {}));
    CHECK(shown == "b\r\nc\n");
  }
  SUBCASE("one that is not there") {
    const auto result = show_log(log, {}, sink, {});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::not_found);
  }
  SUBCASE("following waits for it, reads on, and through a rotation") {
    std::stop_source source;
    Result<void> result;
    std::jthread reader([&] { result = show_log(log, {.last_lines = 1, .follow = LogRequest::Follow::yes}, sink, source.get_token()); });
    append(log, "one\n");
    wait_for_text("one\n");
    append(log, "two\n");
    wait_for_text("one\ntwo\n");
    append(log, "three\n");
    rotate_log(log, 5);
    append(log, "four\n");
    wait_for_text("one\ntwo\nthree\nfour\n");
    source.request_stop();
    reader.join();
    CHECK(result);
  }
}

TEST_CASE("rotate_log") {
  const fakes::TemporaryFolder folder;
  const Path log = folder.path() / "log";
  RealFileSystem files;
  rotate_log(log, 1);
  append(log, "12345");
  rotate_log(log, 5);
  CHECK(files.read(log) == "12345");
  rotate_log(log, 4);
  CHECK_FALSE(exists(files, log));
  CHECK(files.read(folder.path() / "log.1") == "12345");
}
