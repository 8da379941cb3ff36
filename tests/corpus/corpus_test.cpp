// Seeds the mistakes of tests/corpus/GROUP.txt into a sound repository, one at a time, and compares all that a check finds with what the
// file says it finds. A file is a list of sections, each begun by a line `=== NAME`:
//   mistake TITLE      begins a mistake in the repository without a finding (tests/fakes/sound_repository.h)
//   certified          the repository with releases, evidence and facts instead (tests/fakes/certified_repository.h)
//   level LEVEL        production, unless this says prototype
//   now TIME           the time of the check (2026-11-23T12:00:00Z)
//   file PATH          an input file
//   edit PATH          its text before a line `=>` becomes the text after it (without the last line break of both)
//   escaped file PATH, escaped edit PATH   the same, where \n, \r, \t, \\ and \xHH stand for what cannot be seen
//   remove PATH        the file is removed
//   crlf PATH          its lines end as on Windows
//   unended PATH       its last line loses its line break
//   policy             the policy.yaml of an organisation, which then holds
//   findings           what is found, one a line: PATH[:LINE:COLUMN] SEVERITY RULE | MESSAGE [| HELP]
//                      below it, indented: other places (`see PLACE | WHY`) and what --fix would write (`fix PLACE | TEXT`)
// `corpus_test --update` writes what was found into the files: read the difference.

#include "base/real_file_system.h"
#include "fakes/case_file.h"
#include "fakes/certified_repository.h"
#include "fakes/source_folder.h"
#include "fakes/temporary_folder.h"
#include "policy/check.h"

#include <fmt/format.h>
#include <filesystem>

namespace {

using namespace mops;
using fakes::MemoryRepository;
using fakes::Section;

constexpr size_t k_fewest_mistakes = 200;

struct Mistake {
  std::string title;
  std::vector<Section> sections;

  [[nodiscard]] const Section* find(std::string_view word) const {
    const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& section) { return section.is(word); });
    return found == sections.end() ? nullptr : &*found;
  }
};

std::vector<Mistake> read_mistakes(const std::vector<Section>& sections) {
  std::vector<Mistake> mistakes;
  for (const Section& section : sections) {
    if (section.is("mistake")) mistakes.push_back({.title = section.argument(), .sections = {}});
    else if (!mistakes.empty()) mistakes.back().sections.push_back(section);
  }
  return mistakes;
}

[[noreturn]] void give_up(const Mistake& mistake, const std::string& why) {
  fmt::print(stderr, "the mistake `{}` cannot be made: {}\n", mistake.title, why);
  std::exit(3);
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    uint8_t byte = 0;
    if (c == 'x' && from_hex(text.substr(i + 1, 2), {&byte, 1})) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

void apply(const Mistake& mistake, const Section& section, MemoryRepository& repository) {
  const bool is_escaped = section.is("escaped");
  const std::string path = section.argument(is_escaped ? 2 : 1);
  const std::string text = is_escaped ? unescaped(section.text) : section.text;
  const std::string_view verb = std::string_view(section.name).substr(is_escaped ? 8 : 0);
  const auto known = repository.files.find(path);
  if (verb.starts_with("file ")) {
    repository.files[path] = is_escaped && text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
    return;
  }
  if (known == repository.files.end()) give_up(mistake, fmt::format("there is no file `{}`", path));
  if (verb.starts_with("edit ")) {
    const auto changed = fakes::edited(known->second, text);
    if (!changed || *changed == known->second) give_up(mistake, fmt::format("the edit of `{}` changes nothing", path));
    known->second = *changed;
  } else if (verb.starts_with("remove ")) {
    repository.files.erase(known);
  } else if (verb.starts_with("crlf ")) {
    known->second = replace_all(known->second, "\n", "\r\n");
  } else if (verb.starts_with("unended ")) {
    known->second.pop_back();
  }
}

policy::Bundle built_in_bundle() {
  static const fakes::SourceFolder schemas("schemas");
  static const fakes::SourceFolder templates("templates");
  return policy::Bundle::built_in(schemas.files(), templates.files());
}

const policy::Policy& built_in_policy() {
  static const policy::Policy policy = policy::Policy::load(built_in_bundle()).value();
  return policy;
}

std::string place_of(const Location& location) {
  return location.span ? fmt::format("{}:{}:{}", location.path, location.span->begin.line, location.span->begin.column) : location.path;
}

std::string shown(const Diagnostic& finding) {
  const std::string_view severity = finding.severity == Severity::error ? "error" : finding.severity == Severity::warning ? "warning" : "note";
  std::string text = fmt::format("{} {} {} | {}{}\n", place_of(finding.location), severity, finding.rule, finding.message,
                                 finding.help.empty() ? "" : " | " + finding.help);
  for (const Label& label : finding.labels) text += fmt::format("  see {} | {}\n", place_of(label.location), label.message);
  if (finding.fix) text += fmt::format("  fix {} | {}\n", place_of({.path = finding.fix->path, .span = finding.fix->span}), replace_all(finding.fix->text, "\n", "\\n"));
  return text;
}

std::string found(const Mistake& mistake) {
  const bool is_certified = mistake.find("certified") != nullptr;
  MemoryRepository repository = fakes::in_python(is_certified ? fakes::certified_repository() : fakes::sound_repository(), built_in_policy().bundle().templates(),
                                                 scaffold::PartScope::model);
  for (const Section& section : mistake.sections)
    if (section.name.find(' ') != std::string::npos && !section.is("level") && !section.is("now")) apply(mistake, section, repository);

  const Section* level = mistake.find("level");
  const Section* now = mistake.find("now");
  const policy::CheckOptions options{.level = level != nullptr && level->argument() == "prototype" ? model::Level::prototype : model::Level::production,
                                     .now = parse_time(now == nullptr ? "2026-11-23T12:00:00Z" : now->argument()).value(),
                                     .path_prefix = {}};
  const auto check = [&](const policy::Policy& policy) {
    const auto findings = policy::check(repository, policy, options);
    if (!findings) give_up(mistake, findings.error().message);
    std::string text;
    for (const Diagnostic& finding : *findings) text += shown(finding);
    return text;
  };
  const Section* own = mistake.find("policy");
  if (own == nullptr) return check(built_in_policy());

  const fakes::TemporaryFolder folder;
  RealFileSystem files;
  if (!files.write(folder.path() / "policy.yaml", own->text)) give_up(mistake, "the policy cannot be written");
  const policy::Bundle built_in = built_in_bundle();
  auto bundle = policy::Bundle::read(files, folder.path(), built_in, "acme");
  if (!bundle) give_up(mistake, bundle.error().message);
  const auto policy = policy::Policy::load(std::move(*bundle));
  return policy ? check(*policy) : fmt::format("the policy is refused | {}{}\n", policy.error().message, policy.error().help.empty() ? "" : " | " + policy.error().help);
}

std::string with_findings(const std::string& text, const std::vector<std::string>& findings) {
  std::string out = text.substr(0, text.find("=== "));
  size_t next = 0;
  for (const Section& section : fakes::read_sections(text)) {
    const bool is_result = section.name == "findings";
    out += fmt::format("=== {}\n{}", section.name, is_result ? findings[next++] : section.text);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const bool update = argc > 1 && std::string_view(argv[1]) == "--update";
  RealFileSystem files;
  std::vector<Path> groups;
  for (const auto& entry : std::filesystem::directory_iterator(Path(MOPS_SOURCE_DIR) / "tests/corpus"))
    if (entry.path().extension() == ".txt") groups.push_back(entry.path());
  std::sort(groups.begin(), groups.end());

  size_t mistakes = 0;
  size_t failed = 0;
  for (const Path& group : groups) {
    const std::string text = files.read(group).value();
    std::vector<std::string> all;
    for (const Mistake& mistake : read_mistakes(fakes::read_sections(text))) {
      const Section* expected = mistake.find("findings");
      if (expected == nullptr) give_up(mistake, "it has no section `findings`");
      all.push_back(found(mistake));
      ++mistakes;
      if (all.back() == expected->text && !all.back().empty()) continue;
      if (update && !all.back().empty()) continue;
      ++failed;
      fmt::print("FAILED {}: {}\n--- expected\n{}--- found\n{}", group.filename().string(), mistake.title, expected->text, all.back());
    }
    if (update && !files.write(group, with_findings(text, all))) return 3;
  }
  fmt::print("corpus: {} mistakes\n[corpus] test cases: {} | {} passed | {} failed\n", mistakes, mistakes, mistakes - failed, failed);
  if (mistakes < k_fewest_mistakes) fmt::print("expected at least {} mistakes\n", k_fewest_mistakes);
  return failed == 0 && mistakes >= k_fewest_mistakes ? 0 : 1;
}
