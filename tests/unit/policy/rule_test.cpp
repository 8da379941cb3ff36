#include "policy/rule.h"

#include "fakes/certified_repository.h"
#include "fakes/schema_files.h"
#include "policy/check.h"

#include <doctest/doctest.h>
#include <algorithm>

using namespace mops;
using namespace mops::policy;

namespace {

const Policy& sound_policy() {
  static const fakes::SourceFolder schemas("schemas");
  static const Policy policy = Policy::load(Bundle::built_in(schemas.files(), fakes::k_environments)).value();
  return policy;
}

std::vector<Diagnostic> check_at(model::Level level, RepositoryView& view) {
  auto findings = check(view, sound_policy(), {.level = level, .now = parse_time("2026-11-23").value()});
  REQUIRE(findings);
  return *findings;
}

void edit(fakes::MemoryRepository& repository, const RuleExample& example) {
  const std::string path(example.path);
  if (!example.before.empty()) {
    const std::string changed = replace_all(repository.files[path], example.before, example.after);
    REQUIRE_MESSAGE(changed != repository.files[path], example.before);
    repository.files[path] = changed;
  } else if (example.after.empty()) {
    REQUIRE(repository.files.erase(path) == 1);
  } else {
    repository.files[path] = example.after;
  }
}

std::string told(const std::vector<Diagnostic>& findings) {
  std::string out;
  for (const Diagnostic& finding : findings) out += finding.rule + ": " + finding.message + "\n";
  return out;
}

}  // namespace

TEST_CASE("rules are sorted, and each says why") {
  CHECK(std::is_sorted(rules().begin(), rules().end(), [](const Rule& a, const Rule& b) { return a.id < b.id; }));
  for (const Rule& rule : rules()) {
    INFO(rule.id);
    CHECK(find_rule(rule.id) == &rule);
    CHECK_FALSE(rule.reason.empty());
    CHECK(rule.at_production.has_value());
  }
  CHECK(find_rule("manifest/unknown") == nullptr);
}

TEST_CASE("the sound repository is sound") {
  fakes::MemoryRepository repository = fakes::sound_repository();
  CHECK(told(check_at(model::Level::production, repository)) == "");
  CHECK(told(check_at(model::Level::prototype, repository)) == "");
  fakes::MemoryRepository certified = fakes::certified_repository();
  CHECK(told(check_at(model::Level::production, certified)) == "");
}

TEST_CASE("each rule finds its example") {
  for (const Rule& rule : rules()) {
    // Policies of organisations have tests of their own.
    if (rule.id.starts_with("policy/") || rule.id == "waiver/too-long" || rule.id == "artifact/large-file" || rule.id.ends_with("/too-deep") || rule.id == "card/false-number") continue;
    INFO(rule.id);
    // The certified repository has a second file of notes.
    fakes::MemoryRepository repository = rule.id == "notes/missing" ? fakes::sound_repository() : fakes::certified_repository();
    edit(repository, rule.example);
    for (const auto level : {model::Level::prototype, model::Level::production}) {
      const auto findings = check_at(level, repository);
      const auto found = std::find_if(findings.begin(), findings.end(),
                                      [&](const Diagnostic& d) { return d.rule == rule.id && d.message == rule.example.message; });
      INFO(told(findings));
      CHECK((found != findings.end()) == rule.severity(level).has_value());
      if (found != findings.end()) CHECK(found->severity == *rule.severity(level));
    }
  }
}
