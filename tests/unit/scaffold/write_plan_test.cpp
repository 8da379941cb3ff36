#include "scaffold/write_plan.h"

#include "base/real_file_system.h"
#include "base/text.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace mops;
using namespace mops::scaffold;

namespace {

/// The real disk, which fails from the given write on.
class FailingDisk final : public FileSystem {
 public:
  explicit FailingDisk(size_t writes) : writes_left_(writes) {}
  Result<std::string> read(const Path& path) override { return real_.read(path); }
  Result<void> write(const Path& path, std::string_view content, uint32_t mode) override {
    if (writes_left_-- == 0) return fail(ErrorCode::outside, "cannot write: no space left on device");
    return real_.write(path, content, mode);
  }
  Result<FileStatus> status(const Path& path) override { return real_.status(path); }
  Result<std::vector<DirectoryEntry>> list(const Path& path) override { return real_.list(path); }
  Result<void> make_directories(const Path& path) override { return real_.make_directories(path); }
  Result<void> rename(const Path& from, const Path& to) override { return real_.rename(from, to); }
  Result<void> remove(const Path& path) override { return real_.remove(path); }
  Result<std::string> read_link(const Path& path) override { return real_.read_link(path); }

 private:
  RealFileSystem real_;
  size_t writes_left_;
};

WritePlan plan_in(const Path& folder) {
  return {.folder = folder,
          .files = {{.path = "bin/run", .content = "#!/bin/sh\n", .mode = 0755}, {.path = "mops.yaml", .content = "name: churn\n"}}};
}

std::string names_in(const Path& folder) {
  std::string out;
  const auto entries = RealFileSystem().list(folder);
  REQUIRE(entries);
  for (const DirectoryEntry& entry : *entries) out += entry.name + " ";
  return out;
}

}  // namespace

TEST_CASE("WritePlan: the dry run") {
  CHECK(plan_in("churn").describe() ==
        "0755      10 bin/run\n"
        "0644      12 mops.yaml\n");
}

TEST_CASE("apply: the folder is there whole") {
  const fakes::TemporaryFolder temporary;
  RealFileSystem disk;
  const Path folder = temporary.path() / "churn";
  SUBCASE("new") {}
  SUBCASE("an empty folder is there") { REQUIRE(disk.make_directories(folder)); }
  SUBCASE("a run before was killed") {
    REQUIRE(disk.make_directories(temporary.path() / ".churn.mops-new" / "old"));
    REQUIRE(disk.write(temporary.path() / ".churn.mops-new" / "old" / "file", "x"));
  }
  REQUIRE(apply(disk, plan_in(folder)));
  CHECK(names_in(temporary.path()) == "churn ");
  CHECK(names_in(folder) == "bin mops.yaml ");
  CHECK(disk.read(folder / "mops.yaml").value() == "name: churn\n");
  CHECK(disk.status(folder / "bin" / "run").value().executable);
  CHECK_FALSE(disk.status(folder / "mops.yaml").value().executable);
}

TEST_CASE("apply: nothing is half-done") {
  const fakes::TemporaryFolder temporary;
  FailingDisk disk(1);
  const auto result = apply(disk, plan_in(temporary.path() / "churn"));
  REQUIRE_FALSE(result);
  CHECK(result.error().causes == std::vector<std::string>{"cannot write: no space left on device"});
  CHECK(names_in(temporary.path()) == "");
}

TEST_CASE("apply: refuses a folder that is in use") {
  const fakes::TemporaryFolder temporary;
  RealFileSystem disk;
  const Path folder = temporary.path() / "churn";
  const auto refusal = [&] {
    const auto result = apply(disk, plan_in(folder));
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::refused);
    return replace_all(result.error().message, temporary.path().string(), "TMP");
  };
  SUBCASE("a file") {
    REQUIRE(disk.write(folder, "x"));
    CHECK(refusal() == "`TMP/churn` exists and is no folder");
  }
  SUBCASE("few files") {
    REQUIRE(disk.make_directories(folder));
    for (const char* name : {"a", "b"}) REQUIRE(disk.write(folder / name, "x"));
    CHECK(refusal() == "the folder `TMP/churn` is not empty: it has `a` and `b`");
  }
  SUBCASE("many files") {
    REQUIRE(disk.make_directories(folder));
    for (const char* name : {"a", "b", "c", "d", "e"}) REQUIRE(disk.write(folder / name, "x"));
    CHECK(refusal() == "the folder `TMP/churn` is not empty: it has `a`, `b`, `c` and 2 more");
  }
}
