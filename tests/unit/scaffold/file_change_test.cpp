#include "scaffold/file_change.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::scaffold;

TEST_CASE("describe and apply") {
  const fakes::TemporaryFolder folder;
  RealFileSystem disk;
  REQUIRE(disk.write(folder.path() / "old", "old\n"));
  REQUIRE(disk.write(folder.path() / "kept", "kept\n", 0755));
  const std::vector<FileChange> changes = {{.path = "a/b/new", .content = "new\n", .mode = 0755}, {.path = "kept", .content = "changed\n", .mode = 0755, .was_there = true}, {.path = "old", .content = {}, .was_there = true}};
  CHECK(describe(changes) ==
        "add    0755       4 a/b/new\n"
        "change 0755       8 kept\n"
        "remove              old\n");
  // A run that was killed after any of its steps is run again as a whole.
  for (size_t done = 0; done <= changes.size(); ++done) REQUIRE(apply(disk, folder.path(), std::span(changes).first(done)));
  REQUIRE(apply(disk, folder.path(), changes));
  CHECK(disk.read(folder.path() / "a/b/new").value() == "new\n");
  CHECK(disk.status(folder.path() / "a/b/new").value().executable);
  CHECK(disk.read(folder.path() / "kept").value() == "changed\n");
  CHECK_FALSE(exists(disk, folder.path() / "old"));
}
