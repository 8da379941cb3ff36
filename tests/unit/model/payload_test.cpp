#include "model/payload.h"

#include "base/process.h"
#include "base/real_file_system.h"
#include "base/text.h"
#include "document/document.h"
#include "fakes/skipped.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::model;

namespace {

/// `script` by the shell in `folder`; its output.
std::string shell(const Path& folder, std::string script) {
  const auto result =
      run_process({.arguments = {"/bin/sh", "-c", std::move(script)}, .folder = folder, .variables = Variables::of_this_process()});
  REQUIRE(result);
  REQUIRE_MESSAGE(result->exit_code == 0, result->errors);
  return result->output;
}

PayloadFile file(std::string path, std::string_view content = "") {
  return {.path = std::move(path), .digest = sha256(content), .size = content.size()};
}

Digest digest_of(std::string text) {
  const document::Document document = document::parse_yaml({.path = "mops.yaml", .text = std::move(text)});
  REQUIRE(document.is_sound());
  return manifest_digest(*document.root());
}

}  // namespace

TEST_CASE("Payload: lines and digest are those of sha256sum, also for nasty names") {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  std::vector<PayloadFile> payload_files;
  for (const std::string path : {"serve", "model/weights.json", "a b", "-n", "back\\slash", "new\nline", "carriage\rreturn", "both\\\n", "tab\tquote\"'", "\xc3\xa4", "\xff\xfe",
                                 "A", "a", "a.b", "a/b", "a-b", "model.json", "$HOME", "*", "README.txt", "docs/README.md"}) {
    if (path == "a") continue;  // a folder here
    const Path full = folder.path() / path;
    REQUIRE(files.make_directories(full.parent_path()));
    REQUIRE(files.write(full, "content of " + path));
    payload_files.push_back(file(path, "content of " + path));
  }
  const Payload payload = make_payload(payload_files);
  const std::string expected = shell(folder.path(), "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum --");
  CHECK(payload.lines() == expected);
  CHECK(payload.digest().hex() == shell(folder.path(), "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum").substr(0, 64));
}

TEST_CASE("Payload: sha256sum --check reads the lines") {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  REQUIRE(files.write(folder.path() / "new\nline\\", "x"));
  REQUIRE(files.write(folder.path() / "lines", make_payload({file("new\nline\\", "x")}).lines()));
  CHECK(shell(folder.path(), "LC_ALL=C sha256sum --check lines") == "\\new\\nline\\\\: OK\n");
}

TEST_CASE("parse_payload_lines: takes what lines() prints, and nothing else") {
  const std::string hex(64, 'a');
  const Payload payload = make_payload({file("a b"), file("back\\slash"), file("new\nline"), file("\r"), file("x/y", "y")});
  const auto parsed = parse_payload_lines(payload.lines());
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  CHECK(parsed->lines() == payload.lines());
  CHECK(parsed->files[2].path == "back\\slash");
  CHECK(parse_payload_lines("")->files.empty());
  for (const std::string& lines : std::vector<std::string>{hex + "  a", hex + " *a\n", hex + "  \n", hex.substr(1) + "  a\n", hex + "  b\n" + hex + "  a\n", hex + "  a\n" + hex + "  a\n",
                                   "\\" + hex + "  a\n", "\\" + hex + "  a\\t\n", "\\" + hex + "  a\\\n", hex + "  a\\b\n", std::string(64, 'A') + "  a\n", hex + "  ../a\n",
                                   hex + "  /a\n", hex + "  a//b\n", hex + "  a/./b\n", "sha256:" + hex + "  a\n", "\n", hex + "  a\r\n"})
    CHECK_FALSE_MESSAGE(parse_payload_lines(lines), lines);
}

TEST_CASE("Payload: of nothing, it is the sha256 of nothing") {
  CHECK(make_payload({}).lines().empty());
  CHECK(make_payload({}).digest().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("Payload: files that are not payload are dropped, the rest is in byte order") {
  const Payload payload = make_payload({file("b"), file("README.md"), file("a/z"), file("a-"), file(".gitignore"), file("B"), file("release-notes/0.1.0.yaml")});
  std::vector<std::string> paths;
  for (const PayloadFile& each : payload.files) paths.push_back(each.path);
  CHECK(join(paths, " ") == "B a- a/z b");
}

TEST_CASE("is_payload_path: payload/v1") {
  for (const std::string_view path :
       {"README.md", "CHANGELOG.md", "release-notes/1.0.0.yaml", "statistics/2026/11.json", "evidence/a.json", ".gitignore", ".gitattributes", ".github/workflows/ci.yml",
        ".gitlab-ci.yml", "model/.gitkeep", "a/.gitmodules", ".git/config", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", ".travis.yml", ".circleci/config.yml",
        "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".drone.yml", ".woodpecker.yml", ".woodpecker/build.yaml", ".buildkite/pipeline.yml"})
    CHECK_FALSE_MESSAGE(is_payload_path(path), path);
  for (const std::string_view path : {"mops.yaml", "mops.lock", "model-card.md", "docs/README.md", "readme.md", "README.md.txt", "src/evidence/a.json", "evidence", "release-notes",
                                      "release-notes.yaml", "statistics.json", "git/x", "a.git", "src/Jenkinsfile", ".env", ".ci/run", ".dockerignore"})
    CHECK_MESSAGE(is_payload_path(path), path);
}

TEST_CASE("manifest_digest: canonical JSON without what is not identity") {
  constexpr auto k_manifest = "format: mops/v1\nname: churn\nresources: {cpu: 1.50, memory: 1Gi}\nserving: {command: [a, \"{port}\"]}\n";
  const Digest digest = digest_of(k_manifest);
  CHECK(digest == sha256(R"({"format":"mops/v1","name":"churn","resources":{"cpu":1.5,"memory":"1Gi"},"serving":{"command":["a","{port}"]}})"));
  SUBCASE("order, comments, quotes and the writing of numbers do not count") {
    CHECK(digest == digest_of("# y\nname: 'churn'\nserving:\n  command:\n    - a\n    - '{port}'\nresources: {memory: \"1Gi\", cpu: 15e-1}\nformat: mops/v1\n"));
  }
  SUBCASE("owner, description, level, policy and monitoring do not count") {
    CHECK(digest == digest_of(std::string(k_manifest) + "owner: {team: a}\ndescription: text\nlevel: production\npolicy: {x: 1}\nmonitoring: {a: [1]}\n"));
  }
  SUBCASE("everything else does, also nested keys of those names and extensions") {
    CHECK(digest != digest_of(std::string(k_manifest) + "x-note: a\n"));
    CHECK(digest != digest_of(std::string(k_manifest) + "task: regression\n"));
    CHECK(digest_of("serving: {owner: a}\n") != digest_of("serving: {owner: b}\n"));
    CHECK(digest_of("serving: {command: [a, b]}\n") != digest_of("serving: {command: [b, a]}\n"));
  }
}

TEST_CASE("parse_lfs_pointer") {
  const std::string oid(64, 'a');
  const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize 12345\n";
  const auto parsed = parse_lfs_pointer(pointer);
  REQUIRE(parsed);
  CHECK(parsed->sha256.hex() == oid);
  CHECK(parsed->size == 12345);
  CHECK_FALSE(parse_lfs_pointer(""));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\n"));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\n"));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:" + oid.substr(1) + "\nsize 1\n"));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:" + oid + "\nsize -1\n"));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v1\noid sha256:sha256:" + oid + "\nsize 1\n"));
  CHECK_FALSE(parse_lfs_pointer("version https://git-lfs.github.com/spec/v2\noid sha256:" + oid + "\nsize 1\n"));
  CHECK_FALSE(parse_lfs_pointer(pointer + pointer));
  CHECK_FALSE(parse_lfs_pointer(pointer + std::string(2000, 'x')));
}

const bool k_no_git_lfs = fakes::skipped_if(!find_program("git-lfs", Variables::of_this_process()), "there is no git-lfs");

TEST_CASE("parse_lfs_pointer: what git-lfs writes" * doctest::skip(k_no_git_lfs)) {
  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  REQUIRE(files.write(folder.path() / "weights", "weights\n"));
  const auto pointer = parse_lfs_pointer(shell(folder.path(), "git-lfs pointer --file=weights 2>/dev/null"));
  REQUIRE(pointer);
  CHECK(pointer->sha256 == sha256("weights\n"));
  CHECK(pointer->size == 8);
}
