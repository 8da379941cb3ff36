#include "model/lock.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::model;

namespace {

Result<Lock> read(std::string text) { return read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(text)})); }

std::string refusal(std::string text) {
  const auto lock = read(std::move(text));
  REQUIRE_FALSE(lock);
  return lock.error().message;
}

const std::string k_digest = "0123456789012345678901234567890123456789012345678901234567890123";

}  // namespace

TEST_CASE("write_lock: sorted, digests quoted where YAML would see a number; read_lock takes it back") {
  const Digest digits = *Digest::parse(k_digest);
  const Digest letters = *Digest::parse(std::string(64, 'a'));
  const std::string text = write_lock({.artifacts = {{.path = "model/weights.json", .sha256 = digits, .size = 123}, {.path = "a b: c", .sha256 = letters, .size = 5'000'000'000}}});
  CHECK(text == "format: lock/v1\nartifacts:\n  - path: \"a b: c\"\n    sha256: " + std::string(64, 'a') +
                    "\n    size: 5000000000\n  - path: model/weights.json\n    sha256: \"" + k_digest + "\"\n    size: 123\n");
  const auto lock = read(text);
  REQUIRE_MESSAGE(lock, lock.error().message);
  REQUIRE(lock->artifacts.size() == 2);
  CHECK(lock->artifacts[0].path == "a b: c");
  CHECK(lock->artifacts[0].size == 5'000'000'000);
  CHECK(lock->artifacts[1].sha256 == digits);
}

TEST_CASE("write_lock: nothing locked") {
  const auto lock = read(write_lock({}));
  REQUIRE_MESSAGE(lock, lock.error().message);
  CHECK(lock->artifacts.empty());
}

TEST_CASE("read_lock: refused at the place") {
  const std::string artifact = "format: lock/v1\nartifacts:\n  - {path: a, sha256: \"" + k_digest + "\", size: 1}\n";
  CHECK(read(artifact));
  CHECK(refusal("format: lock/v2\nartifacts: []\n") == "mops.lock:1:9: found format `lock/v2`, newer than `lock/v1`, the newest that this mops reads");
  CHECK(refusal("format: mops/v1\nartifacts: []\n") == "mops.lock:1:9: found format `mops/v1`, expected `lock/v1`");
  CHECK(refusal("artifacts: []\n") == "mops.lock:1:1: `format` is missing");
  CHECK(refusal("format: lock/v1\n") == "mops.lock:1:1: `artifacts` is missing");
  CHECK(refusal("format: lock/v1\nartifacts: {}\n") == "mops.lock:2:12: found a map in `artifacts`, expected a list");
  CHECK(refusal("format: lock/v1\nartifacts:\n  - {path: a, sha256: " + k_digest + ", size: 1}\n") == "mops.lock:3:23: found an integer in `sha256`, expected a string");
  CHECK(refusal("format: lock/v1\nartifacts:\n  - {path: a, sha256: abc, size: 1}\n") == "mops.lock:3:23: found `abc` in `sha256`, expected a sha256 digest");
  CHECK(refusal("format: lock/v1\nartifacts:\n  - {path: a, sha256: \"" + k_digest + "\", size: -1}\n") == "mops.lock:3:97: found `-1` in `size`, expected 0 or more");
  CHECK(refusal("format: lock/v1\nartifacts:\n  - {path: a, sha256: \"" + k_digest + "\", size: 1.5}\n") == "mops.lock:3:97: found a number in `size`, expected an integer");
  CHECK(refusal(artifact + artifact.substr(artifact.find("  -"))) == "mops.lock:4:5: artifact `a` is listed twice");
  for (const std::string_view path : {"../a", "/etc/passwd", "a/../../b", "a//b", "./a", "a/", "\"a\\nb\"", "\"\""})
    CHECK_MESSAGE(refusal("format: lock/v1\nartifacts:\n  - {path: " + std::string(path) + ", sha256: \"" + k_digest + "\", size: 1}\n").find("expected a path inside the folder") != std::string::npos, path);
}

TEST_CASE("read_lock: a text that cannot be read") {
  CHECK(refusal("a: [").starts_with("mops.lock:"));
  CHECK_FALSE(read(""));
  CHECK_FALSE(read("- a\n"));
}
