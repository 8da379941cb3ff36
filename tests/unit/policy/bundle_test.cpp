#include "policy/bundle.h"

#include "base/real_file_system.h"
#include "base/text.h"
#include "fakes/schema_files.h"
#include "fakes/sound_repository.h"
#include "fakes/temporary_folder.h"
#include "policy/check.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::policy;

namespace {

/// An organisation's policy on the disk.
struct Organisation {
  fakes::TemporaryFolder folder;
  RealFileSystem files;
  fakes::SourceFolder schemas{"schemas"};

  void write(const std::string& path, const std::string& text) {
    REQUIRE(files.make_directories((folder.path() / path).parent_path()));
    REQUIRE(files.write(folder.path() / path, text));
  }
  Bundle built_in() { return Bundle::built_in(schemas.files(), fakes::k_environments); }
  Result<Bundle> bundle() { return Bundle::read(files, folder.path(), built_in(), "../policy"); }
  Result<Policy> policy() {
    MOPS_ASSIGN(Bundle read, bundle());
    return Policy::load(std::move(read));
  }
};

constexpr const char* k_head = "format: policy/v1\nname: acme\nversion: \"2.1.0\"\n";

std::string error_of(const Result<Policy>& policy) { return policy ? "" : policy.error().message; }

std::string told(RepositoryView& view, const Policy& policy, std::string_view date = "2026-11-23", model::Level level = model::Level::production) {
  const auto findings = check(view, policy, {.level = level, .now = parse_time(date).value()});
  REQUIRE(findings);
  constexpr std::array<std::string_view, 3> k_words = {"error", "warning", "note"};
  std::string out;
  for (const Diagnostic& finding : *findings) {
    out += fmt::format("{} {}: {}", k_words[static_cast<size_t>(finding.severity)], finding.rule, finding.message);
    for (const Label& label : finding.labels) out += fmt::format(" ({})", label.message);
    out += finding.help.empty() ? "\n" : fmt::format("; {}\n", finding.help);
  }
  return out;
}

fakes::MemoryRepository without_limitations(const std::string& policy = {}) {
  fakes::MemoryRepository repository = fakes::sound_repository();
  auto& card = repository.files["model-card.md"];
  card = replace_all(card, "## Limitations\n\nOne country.\n\n", "");
  if (!policy.empty()) repository.files["mops.yaml"] += policy;
  return repository;
}

}  // namespace

TEST_CASE("a bundle is a folder over the built-in policy") {
  Organisation acme;
  SUBCASE("without a policy.yaml it is none") {
    CHECK(acme.bundle().error().message == "there is no `policy.yaml` in `../policy`");
  }
  SUBCASE("environments take the place of the official ones") {
    acme.write("policy.yaml", k_head);
    acme.write("environments/julia-1.yaml",
               "format: environment/v1\nname: julia-1\nlanguage: julia\ndescription: Julia\nexpires: 2027-01-31\ninterpreter: [julia, --version]\ncreate: []\n");
    CHECK(acme.policy().value().environment_names() == std::vector<std::string>{"julia-1"});
  }
  SUBCASE("templates take the place of one language") {
    static const std::vector<EmbeddedFile> k_templates = {{.path = "python/common/a", .content = "1"}, {.path = "r/common/a", .content = "2"}};
    acme.write("policy.yaml", k_head);
    acme.write("templates/r/common/b", "3");
    acme.write("templates/r/common/.gitignore", "4");
    acme.write(".gitignore", "of the policy itself");
    const Bundle bundle = Bundle::read(acme.files, acme.folder.path(), Bundle::built_in({}, k_templates), "x").value();
    std::string listed;
    for (const EmbeddedFile& file : bundle.templates()) listed += fmt::format("{}={} ", file.path, file.content);
    CHECK(listed == "python/common/a=1 r/common/.gitignore=4 r/common/b=3 ");
  }
  SUBCASE("the digest is that of sha256sum's lines, without .git") {
    acme.write("policy.yaml", k_head);
    acme.write("schemas/x.yaml", "true\n");
    acme.write(".git/config", "[core]\n");
    const std::string lines = fmt::format("{}  policy.yaml\n{}  schemas/x.yaml\n", sha256(k_head).hex(), sha256("true\n").hex());
    CHECK(acme.bundle().value().digest() == sha256(lines));
  }
  SUBCASE("a link is refused") {
    acme.write("policy.yaml", k_head);
    std::filesystem::create_symlink("/etc/passwd", acme.folder.path() / "schemas");
    CHECK(acme.bundle().error().message == "`schemas` in the policy is no regular file");
  }
}

TEST_CASE("what is wrong with a policy is told with its place") {
  Organisation acme;
  const auto with = [&](const std::string& rest) {
    acme.write("policy.yaml", k_head + rest);
    return error_of(acme.policy());
  };
  CHECK(with("") == "");
  CHECK(with("rules: {card/mising: {production: error}}\n") == "../policy/policy.yaml:4:9: there is no rule `card/mising`");
  CHECK(with("rules: {card/missing: {production: eror}}\n") ==
        "../policy/policy.yaml:4:36: found `eror` in `production`, expected `error`, `warning`, `note` or `off`");
  CHECK(with("rules: {card/missing: {production: off, from: 2027-02-30}}\n") ==
        "../policy/policy.yaml:4:47: found `2027-02-30` in `from`, expected a date such as `2026-11-23`");
  CHECK(with("documents: [{rules: card, files: x, schema: schemas/x.yaml, reason: r}]\n") == "../policy/policy.yaml:4:21: `card` begins the ids of built-in rules");
  CHECK(with("documents: [{rules: acme, files: x, schema: schemas/x.yaml, reason: r}]\n") ==
        "../policy/policy.yaml names `schemas/x.yaml`, which is not in the policy");
  acme.write("schemas/x.yaml", "type: objct\n");
  CHECK(with("documents: [{rules: acme, files: x, schema: schemas/x.yaml, reason: r}]\n").starts_with("../policy/schemas/x.yaml:1:7: "));
}

TEST_CASE("a policy says how strict each rule is, and from when on") {
  Organisation acme;
  const auto told_with = [&](const std::string& rules, std::string_view date = "2026-11-23", model::Level level = model::Level::production) {
    acme.write("policy.yaml", k_head + rules);
    fakes::MemoryRepository repository = without_limitations();
    return told(repository, acme.policy().value(), date, level);
  };
  const std::string finding = "card/missing-section: there is no section `Limitations`; add `## Limitations`";
  CHECK(told_with("") == "error " + finding + "\n");
  CHECK(told_with("", "2026-11-23", model::Level::prototype) == "warning " + finding + "\n");
  CHECK(told_with("rules: {card/missing-section: {production: \"off\"}}\n") == "");
  CHECK(told_with("rules: {card/missing-section: {production: note}}\n") == "note " + finding + "\n");
  const std::string coming = "rules: {card/missing-section: {prototype: warning, production: error, from: 2027-01-01}}\n";
  CHECK(told_with(coming) == "warning " + finding + "; an error from 2027-01-01 on\n");
  CHECK(told_with(coming, "2026-11-23", model::Level::prototype) == "note " + finding + "; a warning from 2027-01-01 on\n");
  CHECK(told_with(coming, "2027-01-01") == "error " + finding + "\n");
  CHECK(told_with("card: {sections: [Intended use]}\n") == "");
}

TEST_CASE("a policy has schemas of its own") {
  Organisation acme;
  acme.write("schemas/acme.yaml", "required: [x-cost-centre]\nproperties: {x-cost-centre: {type: string}}\n");
  acme.write("policy.yaml", std::string(k_head) +
                                "documents:\n"
                                "  - {rules: acme, files: mops.yaml, schema: schemas/acme.yaml, reason: finance asks}\n"
                                "  - {rules: ops, files: 'ops/*.md', schema: schemas/acme.yaml, required: true, production: warning, reason: on call needs it}\n");
  const Policy policy = acme.policy().value();
  fakes::MemoryRepository repository = fakes::sound_repository();
  CHECK(told(repository, policy) ==
        "error acme/missing-key: `x-cost-centre` is missing\n"
        "warning ops/missing: there is no file `ops/*.md`; on call needs it\n");
  repository.files["mops.yaml"] += "x-cost-centre: 4711\n";
  repository.files["ops/a.md"] = "---\nx-cost-centre: a\n---\n";
  repository.files["ops/b.md"] = "no front matter\n";
  const std::string text = told(repository, policy);
  CHECK(text.find("error acme/wrong-type: found an integer `4711` in `x-cost-centre`, expected a string") == 0);
  CHECK(text.find("warning ops/missing: the file begins with no front matter; on call needs it") != std::string::npos);
}

TEST_CASE("waivers") {
  Organisation acme;
  acme.write("policy.yaml", k_head);
  const auto told_with = [&](const std::string& waiver, std::string_view date = "2026-11-23") {
    fakes::MemoryRepository repository = without_limitations("policy: {waivers: [" + waiver + "]}\n");
    return told(repository, acme.policy().value(), date);
  };
  const std::string note =
      "note card/missing-section: there is no section `Limitations` (waived until 2027-01-31 by risk: the study is running); add `## Limitations`\n";
  const std::string error = "error card/missing-section: there is no section `Limitations`; add `## Limitations`\n";
  const std::string waiver = "{rule: card/missing-section, owner: risk, reason: the study is running, expires: 2027-01-31";
  CHECK(told_with(waiver + "}") == note);
  CHECK(told_with(waiver + ", path: '*.md'}") == note);
  CHECK(told_with(waiver + "}", "2027-01-31T23:59:59Z") == note);
  CHECK(told_with(waiver + ", path: docs/x.md}") == error + "warning waiver/unused: nothing is found that the waiver of `card/missing-section` is for; remove it\n");
  CHECK(told_with(waiver + "}", "2027-02-01").find("error waiver/expired: the waiver of `card/missing-section` by risk expired on 2027-01-31") != std::string::npos);
  CHECK(told_with(waiver + "}", "2027-02-01").find(error) == 0);
  CHECK(told_with("{rule: card/missing-section, owner: risk, expires: 2027-01-31}").find("manifest/missing-key: item 1 of `waivers` has no `reason`") != std::string::npos);
  SUBCASE("the policy says how long, and of which rules") {
    acme.write("policy.yaml", std::string(k_head) + "waivers: {longest_days: 69}\n");
    CHECK(told_with(waiver + "}") == note);
    acme.write("policy.yaml", std::string(k_head) + "waivers: {longest_days: 68}\n");
    CHECK(told_with(waiver + "}").find("error waiver/too-long: the waiver of `card/missing-section` lasts longer than 68 days; the policy `acme` allows no more") != std::string::npos);
    acme.write("policy.yaml", std::string(k_head) + "rules: {card/missing-section: {waivers: refused}}\n");
    CHECK(told_with(waiver + "}").find("error waiver/refused: the rule `card/missing-section` cannot be waived; the policy `acme` refuses it") != std::string::npos);
  }
}
