#pragma once

#include "base/process.h"
#include "base/text.h"
#include "repository/repository.h"

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace mops::repository {

/// A temporary folder with git settings of its own (the settings of whoever runs the tests are not read), in which the git
/// program makes what the tests look at. `repository()` is a new one, `model` a folder in it.
class Scene {
 public:
  Scene() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mops-repository-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = std::filesystem::canonical(pattern);
    std::filesystem::create_directories(folder_ / "home");
    // libgit2 asks the process itself where its user's settings are.
    ::setenv("HOME", (folder_ / "home").c_str(), 1);
    ::unsetenv("XDG_CONFIG_HOME");
    variables_ = Variables::of_this_process();
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME",
                             "GIT_COMMITTER_EMAIL", "EMAIL"})
      variables_.unset(name);
    variables_.set("GIT_CONFIG_NOSYSTEM", "1");
    variables_.set("GIT_TERMINAL_PROMPT", "0");
    settings("[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n"
             "[advice]\n\tdetachedHead = false\n");
  }
  ~Scene() {
    std::error_code none;
    std::filesystem::remove_all(folder_, none);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  [[nodiscard]] const Path& folder() const { return folder_; }
  [[nodiscard]] const Variables& variables() const { return variables_; }
  Variables& variables() { return variables_; }
  [[nodiscard]] Path path(std::string_view below) const { return folder_ / below; }

  void settings(std::string_view text) const { write("home/.gitconfig", text); }

  void write(std::string_view below, std::string_view content) const {
    std::filesystem::create_directories(path(below).parent_path());
    std::ofstream(path(below), std::ios::binary) << content;
  }
  [[nodiscard]] std::string read(std::string_view below) const {
    std::ifstream file(path(below), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// `git ARGUMENTS` in a folder of the scene; must succeed. Returns what it printed, without the last line break.
  std::string git(std::string_view below, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "git");
    const auto result = run_process({.arguments = arguments, .folder = path(below), .variables = variables_});
    REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
    INFO(join(arguments, " "), "\n", result->output, result->errors);
    REQUIRE(result->exit_code == 0);
    return std::string(trim(result->output));
  }
  std::string commit_all(std::string_view below, std::string_view message = "a commit") const {
    git(below, {"add", "--all"});
    git(below, {"commit", "--quiet", "--allow-empty", "-m", std::string(message)});
    return git(below, {"rev-parse", "HEAD"});
  }
  void init(std::string_view below, std::vector<std::string> more = {}) const {
    std::filesystem::create_directories(path(below));
    more.insert(more.begin(), {"init", "--quiet"});
    git(below, std::move(more));
  }

 private:
  Path folder_;
  Variables variables_;
};

/// Fails the test with the error's text when there is one.
template <typename T>
T sure(Result<T> result) {
  const std::string found = result ? "" : result.error().message + (result.error().causes.empty() ? "" : " (" + result.error().causes.front() + ")");
  REQUIRE_MESSAGE(result.has_value(), found);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <typename T>
Error failure(const Result<T>& result) {
  REQUIRE(!result.has_value());
  return result.error();
}

}  // namespace mops::repository
