#include "base/embedded_file.h"
#include "cli/commands/all.h"
#include "cli/workspace.h"
#include "document/value.h"
#include "policy/metaschemas.h"
#include "policy/schema_suite.h"

namespace mops::cli {
namespace {

using document::Value;
using policy::SuiteCounts;
using policy::SuiteFailure;

class SchemaTestCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "schema test",
            .summary = "run the official JSON Schema Test Suite against the engine that checks documents",
            .examples = {"mops schema test JSON-Schema-Test-Suite", "mops schema test JSON-Schema-Test-Suite --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "folder of the suite, with `tests/draft2020-12` and `remotes`", .target = &directory_, .presence = Presence::required},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(policy::SchemaSuite suite, policy::SchemaSuite::open(env.files, folder_of(env, directory_), policy::metaschema_library(embedded::schemas())));
    MOPS_ASSIGN(const SuiteCounts required, suite.run_required());
    MOPS_ASSIGN(const SuiteCounts formats, suite.run_formats());
    if (format_ == "json") {
      const Value report = Value::map().set("format_version", 1).set("draft2020-12", value_of(required)).set("draft2020-12 formats", value_of(formats));
      env.console.out(to_json(report, document::JsonLayout::indented));
    } else {
      print(env, "draft2020-12", required);
      print(env, "draft2020-12 formats", formats);
    }
    return required.failed.empty() && formats.failed.empty() ? ExitCode::done : ExitCode::answer_is_no;
  }

 private:
  /// As the user would type it.
  [[nodiscard]] std::string path_of(const SuiteFailure& failure) const { return (Path(directory_) / failure.test.path).lexically_normal().string(); }

  void print(Env& env, std::string_view name, const SuiteCounts& counts) const {
    for (const SuiteFailure& failure : counts.failed)
      env.console.out(fmt::format("{}:{}:{}: {}: {}: {}\n", path_of(failure), failure.test.span->begin.line, failure.test.span->begin.column, failure.group,
                                  failure.name, failure.reason));
    env.console.out(fmt::format("{}: {} passed, {} failed\n", name, counts.passed, counts.failed.size()));
  }

  [[nodiscard]] Value value_of(const SuiteCounts& counts) const {
    Value failed = Value::list();
    for (const SuiteFailure& failure : counts.failed)
      failed.add(Value::map()
                     .set("path", path_of(failure))
                     .set("line", failure.test.span->begin.line)
                     .set("column", failure.test.span->begin.column)
                     .set("schema", failure.group)
                     .set("test", failure.name)
                     .set("reason", failure.reason));
    return Value::map().set("passed", counts.passed).set("failed", counts.failed.size()).set("failures", std::move(failed));
  }

  std::string directory_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_schema_test_command() { return std::make_unique<SchemaTestCommand>(); }

}  // namespace mops::cli
