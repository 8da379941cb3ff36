// Runs every tests/golden/VERB/*.txt in process and compares what it printed with what the file says it prints.
// A file is a list of sections, each begun by a line `=== NAME`:
//   file PATH     an input file below the scratch folder, written before the run
//   commit        the input files so far are committed (git init on first use)
//   arguments     one command line, words split at blanks, 'single quotes' keep them together
//   stdout, stderr, code    what is expected
// The scratch folder is shown as $DIR. `golden_test --update` writes what was printed into the files.

#include "base/real_file_system.h"
#include "cli/run.h"
#include "fakes/collecting_console.h"
#include "fakes/manual_clock.h"
#include "fakes/counting_random.h"
#include "fakes/scripted_transport.h"

#include <cstdio>
#include <cstdlib>
#include "base/text.h"

namespace {

using namespace mops;

struct Section {
  std::string name;
  std::string text;
};

std::vector<Section> read_sections(const std::string& text) {
  std::vector<Section> sections;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("=== ")) sections.push_back({.name = std::string(line.substr(4))});
    else if (!sections.empty()) sections.back().text += std::string(line) + "\n";
  }
  // split yields one empty piece after the last newline.
  if (!sections.empty() && sections.back().text.ends_with("\n\n")) sections.back().text.pop_back();
  else if (!sections.empty() && sections.back().text == "\n") sections.back().text.clear();
  return sections;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  bool quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      open = true;
    } else if (!quoted && (c == ' ' || c == '\n')) {
      if (open) words.push_back(std::exchange(word, {}));
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

void git(const Path& folder, std::vector<std::string> arguments) {
  Variables variables = Variables::of_this_process();
  for (const char* name : {"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"}) variables.set(name, "Golden");
  for (const char* name : {"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"}) variables.set(name, "golden@example.com");
  for (const char* name : {"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"}) variables.set(name, "2026-11-23T12:00:00Z");
  arguments.insert(arguments.begin(), "git");
  const auto result = run_process({.arguments = arguments, .folder = folder, .variables = variables});
  if (!result || result->exit_code != 0) {
    fmt::print(stderr, "git failed: {}\n", result ? result->errors : result.error().message);
    std::abort();
  }
}

struct Printed {
  std::string out;
  std::string err;
  int code = 0;
};

Printed run_case(const std::vector<Section>& sections, const Path& folder) {
  RealFileSystem files;
  std::vector<std::string> arguments;
  for (const Section& section : sections) {
    if (section.name.starts_with("file ")) {
      const Path path = folder / section.name.substr(5);
      std::filesystem::create_directories(path.parent_path());
      files.write(path, section.text).value();
    } else if (section.name == "commit") {
      if (!std::filesystem::exists(folder / ".git")) git(folder, {"init", "-q", "-b", "main"});
      git(folder, {"add", "-A"});
      git(folder, {"commit", "-q", "-m", "golden"});
    } else if (section.name == "arguments") {
      arguments = words_of(section.text);
    }
  }
  fakes::ManualClock clock;
  fakes::CountingRandom random;
  fakes::ScriptedTransport transport;
  fakes::CollectingConsole console;
  Variables variables = Variables::of_this_process();
  variables.set("HOME", (folder / "home").string());
  variables.unset("XDG_STATE_HOME");
  variables.unset("MOPS_STATE");
  cli::Env env{.files = files, .clock = clock, .random = random, .transport = transport, .console = console,
               .variables = variables, .folder = folder, .stop = {}};
  const auto code = cli::run(arguments, env);
  const auto shown = [&](const std::string& text) { return replace_all(text, folder.string(), "$DIR"); };
  return {.out = shown(console.out_text), .err = shown(console.err_text), .code = static_cast<int>(code)};
}

std::string updated(const std::vector<Section>& sections, const Printed& printed) {
  std::string text;
  for (const Section& section : sections)
    if (section.name != "stdout" && section.name != "stderr" && section.name != "code")
      text += fmt::format("=== {}\n{}", section.name, section.text);
  if (!printed.out.empty()) text += "=== stdout\n" + printed.out;
  if (!printed.err.empty()) text += "=== stderr\n" + printed.err;
  return text + fmt::format("=== code\n{}\n", printed.code);
}

std::string expected_of(const std::vector<Section>& sections, std::string_view name) {
  for (const Section& section : sections)
    if (section.name == name) return section.text;
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const bool update = argc > 1 && std::string_view(argv[1]) == "--update";
  RealFileSystem files;
  std::vector<Path> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MOPS_GOLDEN_DIR))
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") cases.push_back(entry.path());
  std::sort(cases.begin(), cases.end());

  int failed = 0;
  for (const Path& path : cases) {
    std::string scratch = (std::filesystem::temp_directory_path() / "mops-golden-XXXXXX").string();
    if (::mkdtemp(scratch.data()) == nullptr) return 3;
    const auto sections = read_sections(files.read(path).value());
    const Printed printed = run_case(sections, scratch);
    std::filesystem::remove_all(scratch);
    const std::string name = std::filesystem::relative(path, MOPS_GOLDEN_DIR).string();
    const bool same = printed.out == expected_of(sections, "stdout") && printed.err == expected_of(sections, "stderr") &&
                      std::to_string(printed.code) + "\n" == expected_of(sections, "code");
    if (!same && update) {
      files.write(path, updated(sections, printed)).value();
      fmt::print("updated {}\n", name);
    } else if (!same) {
      ++failed;
      fmt::print("FAILED {}\n--- expected stdout\n{}--- printed\n{}--- expected stderr\n{}--- printed\n{}--- expected code {}--- ended with {}\n", name,
                 expected_of(sections, "stdout"), printed.out, expected_of(sections, "stderr"), printed.err, expected_of(sections, "code"),
                 printed.code);
    }
  }
  fmt::print("[golden] test cases: {} | {} passed | {} failed\n", cases.size(), cases.size() - static_cast<size_t>(failed), failed);
  return failed == 0 ? 0 : 1;
}
