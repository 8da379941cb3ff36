#include "fakes/source_folder.h"
#include "model/payload.h"
#include "scaffold/drift.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::scaffold;

namespace {

class Written final : public PresentFiles {
 public:
  explicit Written(const WritePlan& plan) : plan_(plan) {}
  Result<PresentFile> look(const std::string& path) override {
    for (const PlannedFile& file : plan_.files)
      if (file.path == path) return PresentFile{.kind = PresentKind::file, .content = file.content, .mode = file.mode};
    return PresentFile();
  }

 private:
  const WritePlan& plan_;
};

}  // namespace

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
      const auto plan = plan_new(model, PartScope::repository, templates.files());
      REQUIRE_MESSAGE(plan, language, task);
      for (const PlannedFile& file : plan->files) {
        INFO(file.path);
        // What is left must belong to somebody else's language of templates.
        CHECK(unknown_placeholders(file.content, values_of(model)) == std::vector<std::string>{});
        CHECK(unknown_placeholders(file.path, values_of(model)) == std::vector<std::string>{});
      }
      NewModel later = model;
      later.date = "2031-01-01";
      later.mops_version = "9.9.9";
      const auto fresh = render_template(later, PartScope::repository, templates.files());
      REQUIRE_MESSAGE(fresh, fresh.error().message);
      CHECK_FALSE(fresh->managed.empty());
      Written written(*plan);
      CHECK(find_drift(*fresh, written).value().empty());
      // A new policy must not change what was certified.
      for (const FreshFile& file : fresh->managed) CHECK_FALSE_MESSAGE(model::is_payload_path(file.file.path), file.file.path);
    }
  }
}
