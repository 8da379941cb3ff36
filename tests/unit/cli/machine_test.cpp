#include "cli/machine.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace mops;
using namespace mops::cli;

namespace {

/// The disk, where somebody removes the folder as soon as it has been looked at for the first time.
class TidiedDisk final : public FileSystem {
 public:
  Result<std::string> read(const Path& path) override { return disk_.read(path); }
  Result<void> write(const Path& path, std::string_view content, uint32_t mode) override { return disk_.write(path, content, mode); }
  Result<FileStatus> status(const Path& path) override { return disk_.status(path); }
  Result<std::vector<DirectoryEntry>> list(const Path& path) override {
    auto listed = disk_.list(path);
    if (std::exchange(is_first_, false)) (void)disk_.remove(path);
    return listed;
  }
  Result<void> make_directories(const Path& path) override { return disk_.make_directories(path); }
  Result<void> rename(const Path& from, const Path& to) override { return disk_.rename(from, to); }
  Result<void> remove(const Path& path) override { return disk_.remove(path); }
  Result<std::string> read_link(const Path& path) override { return disk_.read_link(path); }

 private:
  RealFileSystem disk_;
  bool is_first_ = true;
};

/// Asks for a stop when nothing has come of it for long.
class Watchdog {
 public:
  std::stop_token token() { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread thread_{[this](const std::stop_token& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!done.stop_requested() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    stop_.request_stop();
  }};
};

}  // namespace

TEST_CASE("one holds the machine, the others wait until it lets go") {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  Watchdog watchdog;
  auto held = take_machine(files, watchdog.token(), folder.path() / "load");
  REQUIRE(held);
  CHECK(*held);
  std::stop_source nobody_waits;
  nobody_waits.request_stop();
  CHECK(!FolderLock::alone(folder.path() / "load"));
  CHECK(take_machine(files, nobody_waits.get_token(), folder.path() / "load").error().code == ErrorCode::interrupted);
  *held = {};
  const auto next = take_machine(files, watchdog.token(), folder.path() / "load");
  REQUIRE(next);
  CHECK(*next);
}

TEST_CASE("a folder that is removed while somebody waits is made again") {
  const fakes::TemporaryFolder folder;
  TidiedDisk files;
  Watchdog watchdog;
  const auto held = take_machine(files, watchdog.token(), folder.path() / "load");
  REQUIRE(held);
  CHECK(*held);
}

TEST_CASE("where no folder can be had, nobody is kept waiting") {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  REQUIRE(files.write(folder.path() / "load", "a file"));
  Watchdog watchdog;
  const auto held = take_machine(files, watchdog.token(), folder.path() / "load");
  REQUIRE(held);
  CHECK(!*held);
}
