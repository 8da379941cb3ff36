#include "gateway/decision_log.h"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace mops;
using gateway::DecisionLog;

namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mops-decisions-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;

  [[nodiscard]] std::vector<Path> files() const {
    std::vector<Path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const Path& file : files()) {
      std::ifstream in(file, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  Path path;
};

}  // namespace

TEST_CASE("files follow each other, the oldest go, and all stay within the bound") {
  const Folder folder;
  std::ofstream(folder.path / "somebody's own.txt") << "stays";
  auto log = DecisionLog::open(folder.path, DecisionLog::k_least_bytes);
  REQUIRE(log);
  const std::string padding(990, 'x');
  for (int i = 0; i < 5000; ++i) REQUIRE(log->append(fmt::format("{:07} {}\n", i, padding)));
  uint64_t total = 0;
  for (const Path& file : folder.files())
    if (file.extension() == ".jsonl") total += std::filesystem::file_size(file);
  CHECK(total <= DecisionLog::k_least_bytes);
  CHECK(total > DecisionLog::k_least_bytes / 2);
  CHECK(std::filesystem::exists(folder.path / "somebody's own.txt"));
  const std::string text = folder.text();
  CHECK(text.find("0004999 ") != std::string::npos);
  CHECK(text.find("0000000 ") == std::string::npos);
}

TEST_CASE("two logs of one folder keep what each writes") {
  const Folder folder;
  auto one = DecisionLog::open(folder.path, DecisionLog::k_least_bytes);
  auto other = DecisionLog::open(folder.path, DecisionLog::k_least_bytes);
  REQUIRE(one->append("one\n"));
  REQUIRE(other->append("other\n"));
  REQUIRE(one->append("one again\n"));
  CHECK(folder.files().size() == 2);
  const std::string text = folder.text();
  CHECK(text.find("one\none again\n") != std::string::npos);
  CHECK(text.find("other\n") != std::string::npos);
}

TEST_CASE("a file that was tidied away is begun anew") {
  const Folder folder;
  auto log = DecisionLog::open(folder.path / "below", DecisionLog::k_least_bytes);
  REQUIRE(log->append("before\n"));
  std::filesystem::remove_all(folder.path / "below");
  CHECK_FALSE(log->append("lost\n"));
  std::filesystem::create_directory(folder.path / "below");
  REQUIRE(log->append("after\n"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path / "below"), std::filesystem::directory_iterator()) == 1);
}
