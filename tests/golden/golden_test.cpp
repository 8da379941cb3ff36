// Runs every tests/golden/VERB/*.txt in process and compares what it printed with what the file says it prints.
// A file is a list of sections, each begun by a line `=== NAME`:
//   sound         a model repository without a finding at level production (tests/fakes/sound_repository.h), in git
//   file PATH     an input file below the scratch folder, written before the run
//   edit PATH     its text before a line `=>` becomes the text after it (without the last line break of both)
//   remove PATH   the file is removed
//   certified     the same with notes of 0.1.1, evidence and the tag churn@v0.1.0 (tests/fakes/certified_repository.h)
//   commit TITLE  the input files so far are committed (git init on first use); its text is the body of the message
//   tag NAME      HEAD gets an annotated tag; its text is the message
//   certificate ROC_AUC P99_MS    a signed PASSED certificate of HEAD's payload (0.981, 0) is committed
//   now           the time of the run, RFC 3339 (2026-11-23T12:00:00Z)
//   arguments     one command line, words split at blanks, 'single quotes' keep them together
//   stdout, stderr, code    what is expected
// The scratch folder is shown as $DIR. `golden_test --update` writes what was printed into the files.

#include "base/real_file_system.h"
#include "base/text.h"
#include "cli/run.h"
#include "evidence/layout.h"
#include "fakes/case_file.h"
#include "fakes/certified_repository.h"
#include "fakes/collecting_console.h"
#include "fakes/counting_random.h"
#include "fakes/manual_clock.h"
#include "fakes/sound_repository.h"
#include "http/transport.h"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace mops;
using fakes::Section;

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

/// Nobody is there: what needs a platform says so.
class SilentTransport final : public http::Transport {
 public:
  Result<http::Response> send(const http::Request&, std::stop_token) override { return fail(ErrorCode::outside, "nobody answers"); }
};

void commit_all(const Path& folder, const std::string& message = "golden") {
  if (!std::filesystem::exists(folder / ".git")) git(folder, {"init", "-q", "-b", "main"});
  git(folder, {"add", "-A"});
  git(folder, {"commit", "-q", "--allow-empty", "-m", message});
}

void write_file(const Path& path, const std::string& text) {
  RealFileSystem files;
  std::filesystem::create_directories(path.parent_path());
  if (!files.write(path, text)) std::abort();
}

void edit_file(const Path& path, const std::string& instruction) {
  RealFileSystem files;
  const auto text = fakes::edited(files.read(path).value(), instruction);
  if (!text) {
    fmt::print(stderr, "cannot edit {}: the text before `=>` is not there:\n{}", path.string(), instruction);
    std::abort();
  }
  write_file(path, *text);
}

void write_repository(const Path& folder, const fakes::MemoryRepository& repository) {
  for (const auto& [path, text] : fakes::in_python(repository, embedded::templates(), scaffold::PartScope::repository).files) write_file(folder / path, text);
  commit_all(folder);
}

void write_certified_repository(const Path& folder) {
  const fakes::MemoryRepository repository = fakes::certified_repository();
  write_repository(folder, repository);
  const policy::ReleasedVersion& release = repository.releases.begin()->second;
  git(folder, {"tag", "-a", "churn@v0.1.0", "-m", "churn 0.1.0\n\nCertificate: " + release.certificate->hex()});
}

void write_certificate(const Path& folder, const Digest& payload, const std::vector<std::string>& numbers) {
  const auto number = [&](size_t index, double otherwise) { return numbers.size() > index ? std::stod(numbers[index]) : otherwise; };
  write_file(folder / evidence::certification_path(payload, "01"), fakes::certificate_file(payload, number(0, 0.981), number(1, 0)));
  const evidence::PublicKey key = fakes::signing_key().public_key();
  write_file(folder / evidence::public_key_path(key.id()), key.pem());
  commit_all(folder);
}

Printed run_case(const std::vector<Section>& sections, const Path& folder) {
  RealFileSystem files;
  fakes::ManualClock clock;
  fakes::CountingRandom random;
  SilentTransport transport;
  fakes::CollectingConsole console;
  Variables variables = Variables::of_this_process();
  for (const char* name : {"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"}) variables.set(name, "Golden");
  for (const char* name : {"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"}) variables.set(name, "golden@example.com");
  variables.set("HOME", (folder / "home").string());
  for (const char* name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "MOPS_STATE", "TERM"}) variables.unset(name);
  cli::Env env{.files = files, .clock = clock, .random = random, .transport = transport, .console = console,
               .variables = variables, .folder = folder, .stop = {}};
  std::vector<std::string> arguments;
  for (const Section& section : sections) {
    const std::string rest = section.argument();
    if (section.name == "sound") write_repository(folder, fakes::sound_repository());
    else if (section.name == "certified") write_certified_repository(folder);
    else if (section.name.starts_with("file ")) write_file(folder / rest, section.text);
    else if (section.name.starts_with("edit ")) edit_file(folder / rest, section.text);
    else if (section.name.starts_with("remove ")) std::filesystem::remove_all(folder / rest);
    else if (section.name == "commit") commit_all(folder);
    else if (section.name.starts_with("commit ")) commit_all(folder, rest + "\n\n" + section.text);
    else if (section.name.starts_with("tag ")) git(folder, {"tag", "-a", rest, "-m", section.text.empty() ? rest : section.text});
    else if (section.name == "now") clock.advance(parse_time(trim(section.text)).value() - clock.now());
    else if (section.name == "arguments") arguments = words_of(section.text);
    if (!section.name.starts_with("certificate")) continue;
    cli::run(std::vector<std::string>{"payload", "--digest"}, env);
    write_certificate(folder, Digest::parse(trim(console.out_text)).value(), words_of(section.name == "certificate" ? "" : rest));
    console.out_text.clear();
  }
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
    const auto sections = fakes::read_sections(files.read(path).value());
    const Printed printed = run_case(sections, scratch);
    std::filesystem::remove_all(scratch);
    const std::string name = std::filesystem::relative(path, MOPS_GOLDEN_DIR).string();
    const bool same = printed.out == expected_of(sections, "stdout") && printed.err == expected_of(sections, "stderr") &&
                      std::to_string(printed.code) + "\n" == expected_of(sections, "code");
    if (!same && update) {
      if (!files.write(path, updated(sections, printed))) return 3;
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
