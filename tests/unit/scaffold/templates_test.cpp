#include "fakes/source_folder.h"
#include "scaffold/new_model.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::scaffold;

TEST_CASE("the templates of this source tree have no slip in a placeholder, and render for each language and task") {
  const fakes::SourceFolder templates("templates");
  NewModel model{.name = "churn",
                 .folder = "churn",
                 .owner_team = "t",
                 .owner_contact = "c",
                 .description = "d",
                 .date = "2026-11-23",
                 .mops_version = "0.1.0"};
  REQUIRE_FALSE(languages(templates.files()).empty());
  for (const std::string& language : languages(templates.files())) {
    for (const std::string& task : tasks(templates.files(), language)) {
      model.language = language;
      model.task = task;
      const auto plan = plan_new(model, templates.files());
      REQUIRE_MESSAGE(plan, language, task);
      for (const PlannedFile& file : plan->files) {
        INFO(file.path);
        // What is left must belong to somebody else's language of templates.
        CHECK(unknown_placeholders(file.content, values_of(model)) == std::vector<std::string>{});
        CHECK(unknown_placeholders(file.path, values_of(model)) == std::vector<std::string>{});
      }
    }
  }
}
