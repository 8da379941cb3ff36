#include "base/text_diff.h"

#include "base/process.h"
#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace mops;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

std::string applied(const std::string& before, const std::string& after) {
  const std::vector<std::string> from = lines_of(before);
  const std::vector<std::string> to = lines_of(after);
  std::string out;
  size_t at = 0;
  for (const LineChange& change : changed_lines(before, after)) {
    REQUIRE(change.before_begin >= at);
    REQUIRE((change.before_begin < change.before_end || change.after_begin < change.after_end));
    for (; at < change.before_begin; ++at) out += from[at];
    for (size_t j = change.after_begin; j < change.after_end; ++j) out += to[j];
    at = change.before_end;
  }
  for (; at < from.size(); ++at) out += from[at];
  return out;
}

size_t lines_changed(const std::string& before, const std::string& after) {
  size_t count = 0;
  for (const LineChange& change : changed_lines(before, after))
    count += change.before_end - change.before_begin + change.after_end - change.after_begin;
  return count;
}

/// By the textbook's table.
size_t fewest_lines(const std::string& before, const std::string& after) {
  const auto a = lines_of(before);
  const auto b = lines_of(after);
  std::vector<std::vector<size_t>> common(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < b.size(); ++j) common[i + 1][j + 1] = a[i] == b[j] ? common[i][j] + 1 : std::max(common[i][j + 1], common[i + 1][j]);
  return a.size() + b.size() - 2 * common[a.size()][b.size()];
}

class Texts {
 public:
  explicit Texts(unsigned seed) : random_(seed) {}
  size_t below(size_t end) { return random_() % end; }

  std::string any(size_t most_lines, size_t words) {
    std::string text;
    for (size_t i = below(most_lines + 1); i > 0; --i) text += line(words);
    if (!text.empty() && below(4) == 0) text.pop_back();
    return text;
  }

  std::string edited(const std::string& text, size_t words) {
    std::string out;
    for (const std::string& old : lines_of(text)) {
      if (const size_t dice = below(10); dice > 1) out += old;
      else if (dice == 1) out += line(words);
      if (below(12) == 0) out += line(words);
    }
    return out;
  }

 private:
  std::string line(size_t words) {
    static const std::vector<std::string> k_odd = {"", "\r", "-", "+", "@@ -1 +1 @@", "\\ No newline at end of file", "--- a", "+++ b", "\xff\xfe", " "};
    const size_t word = below(words + 2);
    return (word < words ? "w" + std::to_string(word) : k_odd[below(k_odd.size())]) + "\n";
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("unified_hunks: as diff -u prints them") {
  CHECK(unified_hunks("", "") == "");
  CHECK(unified_hunks("a\n", "a\n") == "");
  CHECK(unified_hunks("", "a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b\n");
  CHECK(unified_hunks("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
  CHECK(unified_hunks("a", "a\n") == "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(unified_hunks("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9") ==
        "@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n-9\n+9\n\\ No newline at end of file\n");
  CHECK(unified_hunks("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n") ==
        "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

TEST_CASE("changed_lines: right and shortest on random texts") {
  Texts texts(7);
  for (int round = 0; round < 20'000; ++round) {
    const size_t words = 1 + texts.below(12);
    const std::string before = texts.any(24, words);
    const std::string after = texts.below(2) == 0 ? texts.any(24, words) : texts.edited(before, words);
    INFO(before, "=>\n", after);
    REQUIRE(applied(before, after) == after);
    REQUIRE(lines_changed(before, after) == fewest_lines(before, after));
  }
}

TEST_CASE("unified_hunks: patch takes them, and diff finds no shorter ones") {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  const Variables variables = Variables::of_this_process();
  Texts texts(11);
  for (int round = 0; round < 60; ++round) {
    const size_t words = 2 + texts.below(40);
    const std::string before = texts.any(120, words);
    const std::string after = texts.edited(before, words);
    if (before == after) continue;
    REQUIRE(files.write(folder.path() / "old", before));
    REQUIRE(files.write(folder.path() / "new", after));
    REQUIRE(files.write(folder.path() / "p", "--- old\n+++ old\n" + unified_hunks(before, after)));
    const auto patched = run_process({.arguments = {"patch", "-s", "--binary", "-o", "patched", "-i", "p", "old"}, .folder = folder.path(), .variables = variables});
    REQUIRE(patched);
    REQUIRE_MESSAGE(patched->exit_code == 0, patched->output, patched->errors);
    REQUIRE(files.read(folder.path() / "patched").value_or("") == after);
    const auto peer = run_process({.arguments = {"diff", "-a", "--minimal", "-U0", "old", "new"}, .folder = folder.path(), .variables = variables});
    REQUIRE(peer);
    const auto signs = [](const std::string& hunks, size_t skip) {
      size_t count = 0;
      for (const std::string& line : lines_of(hunks))
        if (skip > 0) --skip;
        else if (line[0] == '-' || line[0] == '+') ++count;
      return count;
    };
    REQUIRE(lines_changed(before, after) == signs(peer->output, 2));
    REQUIRE(lines_changed(before, after) == signs(unified_hunks(before, after), 0));
  }
}

TEST_CASE("changed_lines: large texts that have nothing in order stay right, and end soon") {
  std::vector<std::string> lines;
  for (int i = 0; i < 30'000; ++i) lines.push_back("line " + std::to_string(i) + "\n");
  const auto joined = [&] {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  };
  const std::string before = joined();
  SUBCASE("shuffled") { std::shuffle(lines.begin(), lines.end(), std::mt19937(3)); }
  SUBCASE("reversed") { std::reverse(lines.begin(), lines.end()); }
  SUBCASE("rotated") { std::rotate(lines.begin(), lines.begin() + 10'000, lines.end()); }
  const std::string after = joined();
  const auto start = std::chrono::steady_clock::now();
  const bool right = applied(before, after) == after;
  CHECK(right);
  // A search without a bound takes minutes.
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}
