#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/editor_schemas.h"
#include "cli/policies.h"
#include "cli/table.h"

namespace mops::cli {
namespace {

std::string title_of(const EditorSchema& schema) {
  const auto* entries = std::get_if<document::Value::Map>(&schema.content.alternatives());
  if (entries == nullptr) return {};
  for (const auto& [key, value] : *entries)
    if (const auto* text = std::get_if<std::string>(&value.alternatives()); key == "title" && text != nullptr) return *text;
  return {};
}

/// `manifest-v1`, or `manifest` for its newest version.
Result<EditorSchema> find_schema(std::vector<EditorSchema> all, const std::string& name) {
  std::vector<std::string> names;
  // From the last on: of several versions of a kind the newest is wanted.
  for (auto schema = all.rbegin(); schema != all.rend(); ++schema) {
    const std::string kind = schema->name.substr(0, schema->name.rfind("-v"));
    if (name == schema->name || name == kind) return std::move(*schema);
    names.insert(names.end(), {schema->name, kind});
  }
  const auto near = nearest(name, names);
  return fail(ErrorCode::not_found, fmt::format("there is no schema `{}`", name), near ? fmt::format("did you mean `{}`?", *near) : "`mops schema show` lists them");
}

class SchemaShowCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "schema show",
            .summary = "print a schema of the policy, or list them",
            .examples = {"mops schema show", "mops schema show manifest", "mops schema show notes-v1 --format yaml"}};
  }

  std::vector<Option> options() override {
    return {{.name = "NAME", .help = "its name; without a version the newest one", .target = &name_},
            {.name = "--format", .value = "FORMAT", .help = "how to print it", .target = &format_, .choices = {"json", "yaml"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(const policy::Bundle bundle, bundle_here(env));
    if (name_) {
      MOPS_ASSIGN(const EditorSchema schema, find_schema(editor_schemas(bundle.schemas()), *name_));
      env.console.out(format_ == "yaml" ? to_yaml(schema.content) : schema.text());
      return ExitCode::done;
    }
    Table table({"SCHEMA", "OF"});
    for (const EditorSchema& schema : editor_schemas(bundle.schemas())) table.add({{schema.name}, {title_of(schema)}});
    env.console.out(table.render(env.console));
    return ExitCode::done;
  }

 private:
  std::optional<std::string> name_;
  std::string format_ = "json";
};

}  // namespace

std::unique_ptr<Command> make_schema_show_command() { return std::make_unique<SchemaShowCommand>(); }

}  // namespace mops::cli
