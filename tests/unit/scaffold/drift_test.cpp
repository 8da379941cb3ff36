#include "scaffold/drift.h"

#include "base/text.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <map>
#include <random>

using namespace mops;
using namespace mops::scaffold;

namespace {

constexpr std::string_view k_description = R"(format: template/v1
managed:
  - {path: .hooks, kind: block, block: check, after: "repos:", former: [former/hooks], reason: every commit is checked}
  - {path: .rules, kind: block, block: first, reason: the first}
  - {path: .rules, kind: block, block: second, reason: the second}
  - {path: bin/check, kind: file, reason: all check alike}
  - {path: ci.yml, kind: file, scope: repository, reason: all build alike}
obsolete:
  - {path: old-ci.yml, former: [former/old-ci.yml, former/older-ci.yml], reason: no server reads it, instead: ci.yml}
  - {path: .rules, block: gone, former: [former/rules], reason: there is no such rule}
  - {path: .free, block: gone, former: [former/rules], reason: there is no such rule}
)";

const std::vector<EmbeddedFile> k_templates = {
    {.path = "r/common/.hooks", .content = "repos:\n  # mops:begin check\n  - hook of {{ name }}\n    x: 1\n  # mops:end check\n"},
    {.path = "r/common/.rules", .content = "# mops:begin first\none\n# mops:end first\n# yours, of {{ date }}\n# mops:begin second\ntwo\ntoo\n# mops:end second\n"},
    {.path = "r/common/README.md", .content = "# {{ name }}, {{ date }}\n"},
    {.path = "r/common/bin/check", .content = "#!/bin/sh\nexit 0\n"},
    {.path = "r/common/ci.yml", .content = "name: {{ name }}\nlast\n"},
    {.path = "r/common/former/hooks", .content = "repos:\n  - old hook of {{ name }}\n"},
    {.path = "r/common/former/old-ci.yml", .content = "old {{ name }}\n"},
    {.path = "r/common/former/older-ci.yml", .content = "older\n"},
    {.path = "r/common/former/rules", .content = "# mops:begin gone\nold rule\n# mops:end gone\n"},
    {.path = "r/common/template.yaml", .content = k_description},
    {.path = "r/regression/train", .content = "x\n"},
};

NewModel model() { return {.name = "churn", .language = "r", .task = "regression", .date = "2026-11-26", .mops_version = "0.1.0"}; }

FreshTemplate fresh(PartScope scope = PartScope::repository) {
  auto out = render_template(model(), scope, k_templates);
  REQUIRE_MESSAGE(out, out.error().message);
  return *out;
}

class Memory final : public PresentFiles {
 public:
  std::map<std::string, PresentFile> files;
  Result<PresentFile> look(const std::string& path) override { return files.contains(path) ? files[path] : PresentFile(); }

  void put(const std::string& path, std::string content, uint32_t mode = 0644) {
    files[path] = {.kind = PresentKind::file, .content = std::move(content), .mode = mode};
  }
  void take(const std::vector<FileDrift>& drifts) {
    for (const FileDrift& drift : drifts) {
      if (!drift.change) continue;
      if (drift.change->content) put(drift.path, *drift.change->content, drift.change->mode);
      else files.erase(drift.path);
    }
  }
};

/// As `mops new` writes it.
Memory sound() {
  Memory out;
  const auto plan = plan_new({.name = "churn", .language = "r", .task = "regression", .folder = {}, .owner_team = "t", .owner_contact = "c", .description = "d", .date = "2025-01-01", .mops_version = "0.0.9"}, PartScope::repository, k_templates);
  REQUIRE(plan);
  for (const PlannedFile& file : plan->files) out.put(file.path, file.content, file.mode);
  return out;
}

std::vector<FileDrift> drift_of(Memory& memory) {
  auto drifts = find_drift(fresh(), memory);
  REQUIRE(drifts);
  return *drifts;
}

std::string told(const std::vector<FileDrift>& drifts) {
  std::string out;
  for (const FileDrift& drift : drifts)
    for (const DriftFinding& finding : drift.findings) {
      out += fmt::format("{} {}", to_string(finding.kind), drift.path);
      if (finding.place) out += fmt::format(":{}:{}", finding.place->begin.line, finding.place->begin.column);
      out += ": " + finding.message + (finding.help.empty() ? "" : " | " + finding.help) + "\n";
    }
  return out;
}

std::string told(Memory& memory) { return told(drift_of(memory)); }

/// After taking what the policy has, nothing is left to take.
void expect_healed(Memory& memory) {
  memory.take(drift_of(memory));
  CHECK(told(memory) == "");
}

}  // namespace

TEST_CASE("a new repository has not drifted, whenever and by whatever mops it was made") {
  Memory memory = sound();
  CHECK(memory.files.size() == 6);
  CHECK(told(memory) == "");
  CHECK(absent_starters(fresh(), memory).value().empty());
}

TEST_CASE("render_template: parts of scope `repository`, and what is a starter") {
  const auto paths = [](const FreshTemplate& of) {
    std::string out;
    for (const FreshFile& file : of.managed) out += file.file.path + " ";
    out += "| ";
    for (const PlannedFile& file : of.starters) out += file.path + " ";
    return out;
  };
  CHECK(paths(fresh()) == ".hooks .rules bin/check ci.yml | README.md train ");
  CHECK(paths(fresh(PartScope::model)) == ".hooks .rules bin/check | README.md train ");
}

TEST_CASE("render_template: mistakes in a template") {
  const auto refusal = [](std::string_view part, std::string_view text) {
    const std::string description = fmt::format("format: template/v1\n{}\n", part);
    const std::vector<EmbeddedFile> files = {{.path = "r/common/a", .content = text}, {.path = "r/common/former/a", .content = "{{ mops_version }}\n"}, {.path = "r/common/template.yaml", .content = description}};
    const auto out = render_template(model(), PartScope::repository, files);
    REQUIRE_FALSE(out);
    CHECK(out.error().code == ErrorCode::invalid);
    return out.error().message;
  };
  CHECK(refusal("managed: [{path: a, kind: file, reason: x}]", "{{ date }}") == "template r/regression: `a` has `{{ date }}` in a managed part, which is another one at every render");
  CHECK(refusal("managed: [{path: a, kind: file, reason: x, former: [former/a]}]", "") ==
        "template r/regression: `former/a` has `{{ mops_version }}` in a managed part, which is another one at every render");
  CHECK(refusal("managed: [{path: b, kind: file, reason: x}]", "") == "template r/regression: `b` is not in the template");
  CHECK(refusal("managed: [{path: a, kind: block, block: x, reason: x}]", "text\n") == "template r/regression: `a` has no block `x`");
  CHECK(refusal("managed: [{path: a, kind: block, block: x, reason: x}]", "# mops:begin x\n") == "template r/regression: `a` block `x` has no end");
  CHECK(refusal("managed: [{path: a, kind: block, block: x, reason: x}, {path: a, kind: file, reason: x}]", "# mops:begin x\n# mops:end x\n") == "template r/regression: `a` is listed twice");
  CHECK(refusal("obsolete: [{path: a, former: [former/b], reason: x}]", "") == "template r/regression: `former/b` is not in the template");
  CHECK(refusal("managed: [{path: a, kind: none, reason: x}]", "").starts_with("r/common/template.yaml:2:27: found `none`"));
  CHECK(refusal("obsolete: [{path: a, former: [], reason: x}]", "") == "r/common/template.yaml:2:30: `former` is empty");
}

TEST_CASE("a managed file") {
  Memory memory = sound();
  SUBCASE("deleted") {
    memory.files.erase("ci.yml");
    CHECK(drift_of(memory).front().diff ==
          "diff --git a/ci.yml b/ci.yml\nnew file mode 100644\n--- /dev/null\n+++ b/ci.yml\n@@ -0,0 +1,2 @@\n+name: churn\n+last\n");
    CHECK(told(memory) == "missing ci.yml: there is no `ci.yml`\n");
  }
  SUBCASE("changed") {
    memory.put("ci.yml", "name: churn\nlast, but not least");
    CHECK(drift_of(memory).front().diff ==
          "diff --git a/ci.yml b/ci.yml\n--- a/ci.yml\n+++ b/ci.yml\n@@ -1,2 +1,2 @@\n name: churn\n-last, but not least\n\\ No newline at end of file\n+last\n");
    CHECK(told(memory) == "changed ci.yml:2:1: `ci.yml` is not as the policy has it\n");
  }
  SUBCASE("without its last line break") {
    memory.put("ci.yml", "name: churn\nlast");
    CHECK(told(memory) == "changed ci.yml:2:1: `ci.yml` is not as the policy has it\n");
  }
  SUBCASE("changed, and nobody else may read it") {
    memory.put("ci.yml", "name: churn\n", 0600);
    memory.take(drift_of(memory));
    CHECK(memory.files["ci.yml"].mode == 0600);
  }
  SUBCASE("empty") {
    memory.put("ci.yml", "");
    CHECK(told(memory) == "changed ci.yml:1:1: `ci.yml` is not as the policy has it\n");
  }
  SUBCASE("mode") {
    memory.files["bin/check"].mode = 0644;
    CHECK(told(memory) == "changed bin/check: `bin/check` is not executable, expected it to be executable\n");
    CHECK(drift_of(memory).front().diff == "diff --git a/bin/check b/bin/check\nold mode 100644\nnew mode 100755\n");
  }
  SUBCASE("binary") {
    memory.put("ci.yml", std::string("\0\xff\n", 3));
    CHECK(drift_of(memory).front().diff == "diff --git a/ci.yml b/ci.yml\nBinary files a/ci.yml and b/ci.yml differ\n");
  }
  SUBCASE("of a model that was renamed") {
    memory.put("ci.yml", "name: old\nlast\n");
    CHECK(told(memory) == "changed ci.yml:1:1: `ci.yml` is not as the policy has it\n");
  }
  expect_healed(memory);
  CHECK(memory.files["ci.yml"].content == "name: churn\nlast\n");
}

TEST_CASE("line ends are git's business") {
  Memory memory = sound();
  for (auto& [path, file] : memory.files) file.content = replace_all(file.content, "\n", "\r\n");
  CHECK(told(memory) == "");
  SUBCASE("and stay when a file is healed") {
    memory.put("ci.yml", "name: x\r\nlast\r\n");
    memory.put(".rules", "# mine\r\n# mops:begin first\r\nuno\r\n# mops:end first\r\n");
    memory.put(".hooks", "x:\r\nrepos:\r\n- mine\r\n");
    expect_healed(memory);
    CHECK(memory.files["ci.yml"].content == "name: churn\r\nlast\r\n");
    CHECK(memory.files[".rules"].content == "# mine\r\n# mops:begin first\r\none\r\n# mops:end first\r\n\r\n# mops:begin second\r\ntwo\r\ntoo\r\n# mops:end second\r\n");
    CHECK(memory.files[".hooks"].content == "x:\r\nrepos:\r\n# mops:begin check\r\n- hook of churn\r\n  x: 1\r\n# mops:end check\r\n- mine\r\n");
  }
  SUBCASE("but mixed ones are a change") {
    memory.put("ci.yml", "name: churn\r\nlast\n");
    CHECK(told(memory) == "changed ci.yml:1:1: `ci.yml` is not as the policy has it\n");
    expect_healed(memory);
  }
}

TEST_CASE("what is in the way is never written over") {
  Memory memory = sound();
  const auto place = [&](PresentFile file, const std::string& what) {
    memory.files["ci.yml"] = std::move(file);
    CHECK(told(memory) == "damaged ci.yml: " + what + "\n");
    CHECK_FALSE(drift_of(memory).front().change);
  };
  place({.kind = PresentKind::folder}, "`ci.yml` is a folder, expected a file | move it away");
  place({.kind = PresentKind::symlink, .detail = "/etc/passwd"}, "`ci.yml` is a symbolic link to `/etc/passwd`, expected a file | remove the link: it is never written through");
  place({.kind = PresentKind::other}, "`ci.yml` is no regular file | move it away");
  place({.kind = PresentKind::blocked, .detail = "a"}, "`a` is no folder, so `ci.yml` cannot be there | move it away");
  place({.kind = PresentKind::ignored}, "`ci.yml` is on the disk, but git ignores it | `git check-ignore -v ci.yml` says why; or `git add -f ci.yml`");
  memory = sound();
  memory.put(".rules", std::string("a\0b\n", 4));
  CHECK(told(memory) == "damaged .rules: `.rules` is binary, expected a text | move it away\n");
}

TEST_CASE("a managed block") {
  Memory memory = sound();
  SUBCASE("missing, at the end") {
    memory.put(".rules", "mine");
    CHECK(told(memory) == "missing .rules: there is no block `first`\nmissing .rules: there is no block `second`\n");
    expect_healed(memory);
    CHECK(memory.files[".rules"].content == "mine\n\n# mops:begin first\none\n# mops:end first\n\n# mops:begin second\ntwo\ntoo\n# mops:end second\n");
  }
  SUBCASE("missing, below its line, indented as its neighbours") {
    memory.put(".hooks", "default: x\nrepos:\n# all of them\n-   mine\n");
    CHECK(told(memory) == "missing .hooks: there is no block `check`\n");
    expect_healed(memory);
    CHECK(memory.files[".hooks"].content == "default: x\nrepos:\n# mops:begin check\n- hook of churn\n  x: 1\n# mops:end check\n# all of them\n-   mine\n");
  }
  SUBCASE("missing, below a last line without a line break") {
    memory.put(".hooks", "repos:");
    expect_healed(memory);
    CHECK(memory.files[".hooks"].content == "repos:\n  # mops:begin check\n  - hook of churn\n    x: 1\n  # mops:end check\n");
  }
  SUBCASE("missing, without the line") {
    memory.put(".hooks", "repos: []\n");
    CHECK(told(memory) == "damaged .hooks: there is no block `check`, and no line `repos:` below which it could be put | "
                          "write the line, or `# mops:begin check` and `# mops:end check` where the block belongs\n");
    CHECK_FALSE(drift_of(memory).front().change);
  }
  SUBCASE("an empty file") {
    memory.put(".hooks", " \n\n");
    CHECK(told(memory) == "missing .hooks: there is nothing in `.hooks`, which has the policy's block `check`\n");
    expect_healed(memory);
  }
  SUBCASE("where the user put it") {
    memory.put(".hooks", "all:\n\t// mops:begin check\n\t// mops:end check\nend\n", 0750);
    CHECK(told(memory) == "changed .hooks:3:1: block `check` is not as the policy has it\n");
    expect_healed(memory);
    CHECK(memory.files[".hooks"].content == "all:\n\t// mops:begin check\n\t- hook of churn\n\t  x: 1\n\t// mops:end check\nend\n");
    CHECK(memory.files[".hooks"].mode == 0750);
  }
  SUBCASE("changed, after another that grew") {
    memory.put(".rules", "# mops:begin first\n# mops:end first\n# mops:begin second\ntwo\nthree\n# mops:end second\nmine\n");
    CHECK(told(memory) == "changed .rules:2:1: block `first` is not as the policy has it\nchanged .rules:5:1: block `second` is not as the policy has it\n");
    expect_healed(memory);
    CHECK(memory.files[".rules"].content == "# mops:begin first\none\n# mops:end first\n# mops:begin second\ntwo\ntoo\n# mops:end second\nmine\n");
  }
  SUBCASE("as an earlier policy wrote the file") {
    memory.put(".hooks", "repos:\r\n  - old hook of churn\r\n");
    CHECK(told(memory) == "changed .hooks: `.hooks` is as an earlier policy wrote it\n");
    expect_healed(memory);
    CHECK(memory.files[".hooks"].content == "repos:\r\n  # mops:begin check\r\n  - hook of churn\r\n    x: 1\r\n  # mops:end check\r\n");
  }
  SUBCASE("nearly as an earlier policy wrote the file") {
    memory.put(".hooks", "repos:\n  - old hook of churn\n# mine\n");
    expect_healed(memory);
    CHECK(memory.files[".hooks"].content == "repos:\n  # mops:begin check\n  - hook of churn\n    x: 1\n  # mops:end check\n  - old hook of churn\n# mine\n");
  }
  SUBCASE("damaged: nothing of the file is written") {
    memory.put(".rules", "# mops:begin first\nuno\n# mops:end first\n# mops:begin second\n");
    CHECK(told(memory) == "damaged .rules:4:1: block `second` has no end | write `mops:end second` below its last line\n");
    CHECK_FALSE(drift_of(memory).front().change);
  }
  SUBCASE("of a name that nobody has") {
    memory.put(".rules", "# mops:begin frist\nuno\n# mops:end frist\n");
    CHECK(told(memory) == "damaged .rules:1:1: the policy has no block `frist` for this file | did you mean `first`?\n");
    CHECK_FALSE(drift_of(memory).front().change);
  }
}

TEST_CASE("what earlier policies had") {
  Memory memory = sound();
  SUBCASE("a file as it was written") {
    for (const char* text : {"old churn\n", "older\n", "older\r\n"}) {
      memory.put("old-ci.yml", text);
      CHECK(told(memory) == "obsolete old-ci.yml: `old-ci.yml` is as an earlier policy wrote it, and is no longer needed\n");
      CHECK(drift_of(memory).front().findings.front().reason == "no server reads it; instead: ci.yml");
    }
    memory.put("old-ci.yml", "older\n", 0700);
    CHECK(drift_of(memory).front().diff == "diff --git a/old-ci.yml b/old-ci.yml\ndeleted file mode 100755\n--- a/old-ci.yml\n+++ /dev/null\n@@ -1 +0,0 @@\n-older\n");
    expect_healed(memory);
    CHECK_FALSE(memory.files.contains("old-ci.yml"));
  }
  SUBCASE("a file that was changed since") {
    memory.put("old-ci.yml", "old other\n");
    CHECK(told(memory) == "yours old-ci.yml: `old-ci.yml` was the policy's and has been changed: it is yours now | "
                          "remove it when you can: no server reads it; instead: ci.yml\n");
    CHECK_FALSE(drift_of(memory).front().change);
    CHECK_FALSE(is_drift(drift_of(memory).front()));
  }
  SUBCASE("a folder of that name") {
    memory.files["old-ci.yml"] = {.kind = PresentKind::folder};
    CHECK(told(memory) == "");
  }
  SUBCASE("a block, beside one that is wanted and in a file without") {
    memory.files[".rules"].content += "mine\n  # mops:begin gone\n  old rule\n  # mops:end gone\nmine too\n";
    memory.put(".free", "# mops:begin gone\nold rule\n# mops:end gone\n# mops:begin any\n# mops:end any\n");
    CHECK(told(memory) == "obsolete .free:1:1: block `gone` is as an earlier policy wrote it, and is no longer needed\n"
                          "obsolete .rules:10:3: block `gone` is as an earlier policy wrote it, and is no longer needed\n");
    expect_healed(memory);
    CHECK(memory.files[".free"].content == "# mops:begin any\n# mops:end any\n");
    CHECK(memory.files[".rules"].content.ends_with("# mops:end second\nmine\nmine too\n"));
  }
  SUBCASE("a block that was changed since") {
    memory.put(".free", "# mops:begin gone\nmy rule\n# mops:end gone\n");
    CHECK(told(memory) == "yours .free:1:1: block `gone` was the policy's and has been changed: it is yours now | "
                          "remove it, or only its two markers, when you can: there is no such rule\n");
  }
}

TEST_CASE("the user's lines around blocks are kept byte for byte, whatever they are") {
  std::mt19937 random(5);
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  const std::vector<std::string> words = {"", " ", "repos:", "repos: []", "# mine", "\t", "mops:begin first", "x # mops:end first", "\xff\xfe", "# mops:beginners", "-- x", "- a", "one", "two"};
  const auto lines = [&](const std::string& line_break) {
    std::string out;
    for (size_t i = below(5); i > 0; --i) out += words[below(words.size())] + line_break;
    return out;
  };
  for (int round = 0; round < 5'000; ++round) {
    const std::string line_break = below(2) == 0 ? "\n" : "\r\n";
    const std::string indent(below(3), ' ');
    const std::string sign = below(2) == 0 ? "# " : "//";
    const auto marker = [&](const std::string& what) { return indent + sign + what + line_break; };
    const std::string before = lines(line_break);
    const std::string between = lines(line_break);
    std::string after = lines(line_break);
    if (below(3) == 0 && !after.empty()) after.pop_back();
    const bool swapped = below(2) == 0;
    const std::string names[] = {swapped ? "second" : "first", swapped ? "first" : "second"};
    Memory memory = sound();
    memory.put(".rules", before + marker("mops:begin " + names[0]) + lines(line_break) + marker("mops:end " + names[0]) + between +
                             marker("mops:begin " + names[1]) + lines(line_break) + marker("mops:end " + names[1]) + after);
    INFO(memory.files[".rules"].content);
    memory.take(drift_of(memory));
    REQUIRE(told(memory) == "");
    const auto block = [&](const std::string& name) {
      const std::string content = name == "first" ? indent + "one" + line_break : indent + "two" + line_break + indent + "too" + line_break;
      return marker("mops:begin " + name) + content + marker("mops:end " + name);
    };
    REQUIRE(memory.files[".rules"].content == before + block(names[0]) + between + block(names[1]) + after);
  }
}
