#include "base/embedded_file.h"
#include "base/parallel.h"
#include "cli/commands/all.h"
#include "cli/document_search.h"
#include "cli/fix.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/run.h"
#include "cli/workspace.h"
#include "document/document.h"
#include "policy/metaschemas.h"
#include "policy/schema_files.h"

namespace mops::cli {
namespace {

using document::Value;

class SchemaValidateCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "schema validate",
            .summary = "hold any YAML or JSON documents against a JSON Schema (draft 2020-12)",
            .examples = {"mops schema validate --schema person.schema.yaml people/ada.yaml", "mops schema validate --schema schemas/order.json orders/",
                         "kubectl get pods -o json | mops schema validate --schema pods.json -"}};
  }

  std::vector<Option> options() override {
    std::vector<Option> options = {
        {.name = "FILE", .help = "documents; of a folder every *.yaml, *.yml and *.json below it; `-` is standard input", .target = &paths_, .presence = Presence::required},
        {.name = "--schema", .value = "SCHEMA", .help = "the schema, as YAML or JSON", .target = &schema_, .presence = Presence::required},
        {.name = "--format", .value = "FORMAT", .help = "how findings are printed", .target = &format_, .choices = k_findings_formats}};
    std::vector<Option> fixing = fix_words_.options();
    std::move(fixing.begin(), fixing.end(), std::inserter(options, options.end() - 1));
    return options;
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_TRY(check_words());
    const auto renderer = make_findings_renderer(parse_findings_format(format_), env.console, Checked::documents);
    MOPS_ASSIGN(const std::vector<DocumentFile> documents, find_documents(env.files, env.folder, paths_, env.stop));
    MOPS_ASSIGN(const policy::SchemaFiles files, policy::SchemaFiles::open(env.files, env.folder, schema_));
    const policy::SchemaLibrary library = policy::metaschema_library(embedded::schemas());
    const auto speed = documents.size() > k_few ? policy::PatternSpeed::many_documents : policy::PatternSpeed::one_document;
    const auto schema = policy::Schema::compile(files.root(), library, {.uri = files.uri(), .patterns = speed, .find_more = files.finder()});
    if (!schema) return tell_broken(env, *renderer, schema.error());

    Counts counts;
    Progress progress(env.console, env.clock);
    std::string out = renderer->begin();
    const auto work = [&](size_t i) { return check_one(env, *schema, documents[i]); };
    const auto take = [&](size_t i, Result<CheckedDocument> checked) -> Result<void> {
      progress.show("checking documents", i, documents.size());
      if (!checked) {
        progress.clear();
        ++counts.unreadable;
        env.console.err(describe(checked.error(), env.console));
        return {};
      }
      out += renderer->add(checked->found);
      if (!out.empty() && !fix_words_.dry_run) {
        progress.clear();
        env.console.out(std::exchange(out, {}));
      }
      ++counts.documents;
      counts.with_errors += checked->found.findings.empty() ? 0 : 1;
      counts.errors += checked->found.findings.size();
      counts.fixable += count_fixable(checked->found.findings);
      counts.fixed += std::move(checked->fixed);
      return {};
    };
    MOPS_TRY(for_each_in_order<Result<CheckedDocument>>(documents.size(), {.stop = env.stop}, work, take));
    progress.clear();
    env.console.out(fix_words_.dry_run ? counts.fixed.diff : out + renderer->end(value_of(counts)));
    return tell(env, counts);
  }

 private:
  /// For so few, machine code for the patterns costs more than it saves.
  static constexpr size_t k_few = 50;

  struct Counts {
    size_t documents = 0;
    size_t with_errors = 0;
    size_t errors = 0;
    size_t unreadable = 0;
    size_t fixable = 0;
    FixReport fixed;
  };

  struct CheckedDocument {
    ModelFindings found;
    FixReport fixed;
  };

  [[nodiscard]] Result<void> check_words() const {
    if (fix_words_.fix && std::find(paths_.begin(), paths_.end(), "-") != paths_.end())
      return fail(ErrorCode::usage, "`--fix` cannot change standard input", "name the file");
    return fix_words_.check(format_);
  }

  [[nodiscard]] Result<CheckedDocument> check_one(Env& env, const policy::Schema& schema, const DocumentFile& file) const {
    CheckedDocument checked;
    const auto look = [&]() -> Result<std::span<const Diagnostic>> {
      MOPS_ASSIGN(checked.found, look_at(env, schema, file));
      return checked.found.findings;
    };
    MOPS_ASSIGN(checked.fixed, fix_and_look(env, fix_words_.mode(), look));
    return checked;
  }

  static Result<ModelFindings> look_at(Env& env, const policy::Schema& schema, const DocumentFile& file) {
    if (file.error) return fail(*file.error);
    MOPS_ASSIGN(std::string text, env.files.read(file.location(env.folder)));
    const document::Document document = document::parse({.path = file.path, .text = std::move(text)});
    ModelFindings found{.folder = file.path, .findings = document.findings()};
    if (document.root() != nullptr) {
      auto misfits = schema.check(*document.root(), file.path);
      std::move(misfits.begin(), misfits.end(), std::back_inserter(found.findings));
    }
    if (found.findings.empty()) return found;
    std::stable_sort(found.findings.begin(), found.findings.end(), shown_before);
    found.texts.add(file.path, document.source().text);
    return found;
  }

  /// The exit code says that no document was looked at.
  Result<ExitCode> tell_broken(Env& env, FindingsRenderer& renderer, const std::vector<Diagnostic>& findings) const {
    ModelFindings found{.folder = schema_, .findings = findings};
    for (const Diagnostic& finding : findings)
      if (!found.texts.contains(finding.location.path))
        if (auto text = env.files.read(env.folder / finding.location.path)) found.texts.add(finding.location.path, *std::move(text));
    env.console.out(renderer.begin() + renderer.add(found) + renderer.end(value_of(Counts())));
    env.console.err(fmt::format("the schema `{}` is broken: {}\n", schema_, count_of(findings.size(), 0)));
    return ExitCode::usage;
  }

  static Value value_of(const Counts& counts) {
    return Value::map()
        .set("documents", static_cast<uint64_t>(counts.documents))
        .set("documents_with_errors", static_cast<uint64_t>(counts.with_errors))
        .set("errors", static_cast<uint64_t>(counts.errors))
        .set("unreadable", static_cast<uint64_t>(counts.unreadable));
  }

  ExitCode tell(Env& env, const Counts& counts) const {
    env.console.err(counts.fixed.sentences(fix_words_.mode()));
    std::string text = fmt::format("checked {}: {}", counted(counts.documents, "document"), count_of(counts.errors, 0));
    if (counts.with_errors > 0 && counts.documents > 1) text += fmt::format(" in {}", counted(counts.with_errors, "document"));
    if (counts.unreadable > 0) text += fmt::format("; {} could not be read", counts.unreadable);
    env.console.err(text + "\n");
    if (counts.fixable > 0 && !fix_words_.fix && format_ == "full") env.console.err(fmt::format("next: add `--fix`, which mends {} of them\n", counts.fixable));
    if (counts.errors > 0) return ExitCode::answer_is_no;
    return counts.unreadable > 0 ? ExitCode::outside_failed : ExitCode::done;
  }

  std::vector<std::string> paths_;
  std::string schema_;
  std::string format_ = "full";
  FixWords fix_words_;
};

}  // namespace

std::unique_ptr<Command> make_schema_validate_command() { return std::make_unique<SchemaValidateCommand>(); }

}  // namespace mops::cli
