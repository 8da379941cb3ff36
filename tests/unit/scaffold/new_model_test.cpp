#include "scaffold/new_model.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::scaffold;

namespace {

const std::vector<EmbeddedFile> k_templates = {
    {.path = "environments/r-4.yaml", .content = "format: environment/v1\n"},
    {.path = "r/common/.gitignore", .content = ".venv/\n"},
    {.path = "r/common/README.md",
     .content = "# {{ name }}\n{{ description }}\nby {{ owner_team }}, {{ owner_contact }} with mops {{ mops_version }}\n"},
    {.path = "r/common/docs/{{ name }}.md", .content = "{{ date }} ${{ name }}\n"},
    {.path = "r/common/serve", .content = "#!/bin/sh\n"},
    {.path = "r/regression/serve", .content = "#!/bin/sh\n# {{ task }} in {{ language }}\n"},
    {.path = "r/survival/mops.yaml", .content = ""},
};

NewModel new_model() {
  return {.name = "churn",
          .language = "r",
          .task = "regression",
          .folder = "churn",
          .owner_team = "risk",
          .owner_contact = "risk@example.com",
          .description = "Who leaves",
          .date = "2026-11-23",
          .mops_version = "0.1.0"};
}

std::string refusal(const NewModel& model) {
  const auto plan = plan_new(model, PartScope::repository, k_templates);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().code == ErrorCode::usage);
  return plan.error().message + " | " + plan.error().help;
}

}  // namespace

TEST_CASE("languages and tasks are those of the templates") {
  CHECK(languages(k_templates) == std::vector<std::string>{"r"});
  CHECK(tasks(k_templates, "r") == std::vector<std::string>{"regression", "survival"});
  CHECK(tasks(k_templates, "environments").empty());
}

TEST_CASE("plan_new: common files, and over them those of the task") {
  const auto plan = plan_new(new_model(), PartScope::repository, k_templates);
  REQUIRE(plan);
  CHECK(plan->describe() ==
        "0644       7 .gitignore\n"
        "0644      61 README.md\n"
        "0644      23 docs/churn.md\n"
        "0755      28 serve\n");
  CHECK(plan->files[1].content == "# churn\nWho leaves\nby risk, risk@example.com with mops 0.1.0\n");
  CHECK(plan->files[2].content == "2026-11-23 ${{ name }}\n");
  CHECK(plan->files[3].content == "#!/bin/sh\n# regression in r\n");
}

TEST_CASE("plan_new: in a repository that is there already nothing is written that belongs at its root") {
  const std::vector<EmbeddedFile> templates = {
      {.path = "r/common/.ci.yml", .content = "ci\n"},
      {.path = "r/common/.gitignore", .content = "x\n"},
      {.path = "r/common/template.yaml",
       .content = "format: template/v1\nmanaged:\n  - {path: .ci.yml, kind: file, scope: repository, reason: one for all}\n  - {path: .gitignore, kind: file, reason: x}\n"},
      {.path = "r/regression/serve", .content = "s\n"},
  };
  CHECK(plan_new(new_model(), PartScope::repository, templates)->describe() == "0644       3 .ci.yml\n0644       2 .gitignore\n0644       2 serve\n");
  CHECK(plan_new(new_model(), PartScope::model, templates)->describe() == "0644       2 .gitignore\n0644       2 serve\n");
}

TEST_CASE("plan_new: what it refuses") {
  NewModel model = new_model();
  SUBCASE("language") {
    model.language = "cobol";
    CHECK(refusal(model) == "there is no language `cobol` | there is `r`");
  }
  SUBCASE("a folder that is no language") {
    model.language = "environments";
    CHECK(refusal(model) == "there is no language `environments` | there is `r`");
  }
  SUBCASE("a slip in the task") {
    model.task = "regresion";
    CHECK(refusal(model) == "there is no task `regresion` | did you mean `regression`?");
  }
  SUBCASE("task") {
    model.task = "common";
    CHECK(refusal(model) == "there is no task `common` | there are `regression` and `survival`");
  }
  SUBCASE("texts that would break the files") {
    model.owner_team = "the \"risk\" team";
    CHECK(refusal(model) == "the team has a line break, a quote or a backslash | it goes into `mops.yaml`: write one plain line");
  }
  SUBCASE("name") {
    model.name = "Churn";
    CHECK(refusal(model).find("Churn") != std::string::npos);
  }
}
