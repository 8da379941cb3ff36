#include "policy/policy.h"

#include "policy/rule.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace mops::policy {
namespace {

using document::Node;
using document::NodeKind;

struct KindInfo {
  std::string_view rules;
  std::string_view schema;
  std::string_view format;  ///< without the version; empty: it has none
};

/// By DocumentKind.
constexpr std::array<KindInfo, 7> k_kinds = {{{"manifest", "manifest-v1.yaml", "mops"},
                                              {"lock", "lock-v1.yaml", "lock"},
                                              {"notes", "notes-v1.yaml", "notes"},
                                              {"card", "card-v1.yaml", ""},
                                              {"environment", "environment-v1.yaml", "environment"},
                                              {"statistics", "statistics-v1.yaml", "statistics"},
                                              {"policy", "policy-v1.yaml", "policy"}}};

Error broken(const Diagnostic& finding) {
  const Position at = finding.location.span.value_or(Span()).begin;
  return {.code = ErrorCode::invalid,
          .message = fmt::format("{}:{}:{}: {}", finding.location.path, at.line, at.column, finding.message),
          .help = finding.help};
}

/// A finding for a document of a later version of its format, whose other keys nobody here knows.
std::optional<Diagnostic> find_newer_format(const KindInfo& kind, const document::Document& document) {
  const Node* format = kind.format.empty() ? nullptr : document.root()->find("format");
  if (format == nullptr || format->kind != NodeKind::string) return std::nullopt;
  const std::string prefix = fmt::format("{}/v", kind.format);
  if (!format->text.starts_with(prefix)) return std::nullopt;
  uint32_t version = 0;
  const char* end = format->text.data() + format->text.size();
  if (std::from_chars(format->text.data() + prefix.size(), end, version).ptr != end || version <= 1) return std::nullopt;
  return Diagnostic{.rule = fmt::format("{}/bad-value", kind.rules),
                    .message = fmt::format("found format `{}`, newer than `{}1`, the newest that this mops reads", format->text, prefix),
                    .location = {.path = document.source().path, .span = format->span},
                    .help = "install a newer mops"};
}

Result<OfficialEnvironment> read_environment(const Node& root) {
  OfficialEnvironment out;
  out.name = root.find("name")->text;
  out.language = root.find("language")->text;
  out.expiry_date = root.find("expires")->text;
  out.expires = parse_time(out.expiry_date, DateMeans::end_of_day).value_or(SystemTime());
  if (const Node* names = root.find("lock_files"))
    for (const Node& name : names->items) out.lock_files.emplace_back(name.text);
  const Node* lines = root.find("lock_lines");
  if (lines == nullptr) return out;
  MOPS_ASSIGN(Pattern entry, Pattern::compile(lines->find("entry")->text));
  auto rules = std::make_shared<LockLines>(LockLines{.entry = std::move(entry), .refused = {}, .expected = std::string(lines->find("expected")->text), .sources = {}});
  if (const Node* refused = lines->find("refused")) {
    MOPS_ASSIGN(Pattern pattern, Pattern::compile(refused->text));
    rules->refused = std::move(pattern);
  }
  if (const Node* sources = lines->find("sources"))
    for (const Node& source : sources->items) rules->sources.emplace_back(source.text);
  out.lock_lines = std::move(rules);
  return out;
}

/// What a schema finds where the reader found something (an alias of nothing, a tag) only repeats it.
void add_news(std::vector<Diagnostic>& findings, std::vector<Diagnostic> misfits) {
  const size_t read = findings.size();
  for (Diagnostic& misfit : misfits) {
    const auto same_place = [&](const Diagnostic& finding) { return finding.location.span->begin == misfit.location.span->begin; };
    if (std::none_of(findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(read), same_place)) findings.push_back(std::move(misfit));
  }
}

}  // namespace

Result<Policy::CompiledSchema> Policy::compile(std::string path, std::string_view text) const {
  CompiledSchema out{.source = document::parse({.path = std::move(path), .text = std::string(text)}), .schema = {}};
  if (out.source.root() == nullptr || !out.source.findings().empty()) return fail(broken(out.source.findings().front()));
  auto schema = Schema::compile(out.source, *library_, {.patterns = speed_});
  if (!schema) return fail(broken(schema.error().front()));
  out.schema = std::move(*schema);
  return out;
}

const Schema& Policy::schema_of(DocumentKind kind) const {
  Kind& own = *kinds_[static_cast<size_t>(kind)];
  // What is wrong with a schema of the program is a mistake of ours, which tests find.
  std::call_once(own.once, [&] { own.compiled = compile(std::string(own.file.path), own.file.content).value(); });
  return *own.compiled.schema;
}

Result<Policy> Policy::load(Bundle bundle, PatternSpeed speed) {
  Policy policy(std::move(bundle), speed);
  for (const KindInfo& info : k_kinds) {
    const auto schemas = policy.bundle_.schemas();
    const auto file = std::find_if(schemas.begin(), schemas.end(), [&](const EmbeddedFile& f) { return f.path == info.schema; });
    if (file == schemas.end()) return fail(ErrorCode::invalid, fmt::format("the policy has no schema `{}`", info.schema));
    policy.kinds_.push_back(std::make_unique<Kind>(*file));
  }
  MOPS_TRY(policy.load_file());
  MOPS_TRY(policy.load_environments());
  return policy;
}

Result<void> Policy::load_file() {
  const EmbeddedFile* file = bundle_.find("policy.yaml");
  if (file == nullptr) return {};
  const std::string folder = bundle_.origin() + "/";
  const auto document = document::parse_yaml({.path = folder + "policy.yaml", .text = std::string(file->content)});
  if (const auto findings = check_document(DocumentKind::policy, document); !findings.empty()) return fail(broken(findings.front()));
  std::vector<Diagnostic> findings;
  file_ = read_policy_file(document, findings);
  if (!findings.empty()) return fail(broken(findings.front()));
  for (const DocumentDemand& demand : file_.documents) {
    const EmbeddedFile* schema = bundle_.find(demand.schema);
    if (schema == nullptr)
      return fail(ErrorCode::invalid, fmt::format("{}policy.yaml names `{}`, which is not in the policy", folder, demand.schema), "put the schema there");
    MOPS_ASSIGN(demanded_[demand.rules], compile(folder + demand.schema, schema->content));
  }
  return {};
}

Result<void> Policy::load_environments() {
  constexpr std::string_view k_environments = "environments/";
  for (const EmbeddedFile& file : bundle_.templates()) {
    if (!file.path.starts_with(k_environments) || !file.path.ends_with(".yaml")) continue;
    const bool is_ours = bundle_.is_built_in();
    const std::string folder = is_ours ? std::string() : bundle_.origin() + "/";
    const auto document = document::parse_yaml({.path = folder + std::string(file.path), .text = std::string(file.content)});
    if (const auto findings = is_ours ? document.findings() : check_document(DocumentKind::environment, document); !findings.empty()) return fail(broken(findings.front()));
    MOPS_ASSIGN(OfficialEnvironment environment, read_environment(*document.root()));
    environments_.emplace(environment.name, environment);
  }
  return {};
}

std::vector<Diagnostic> Policy::check_document(DocumentKind kind, const document::Document& document, std::vector<Slip>* slips) const {
  std::vector<Diagnostic> findings = document.findings();
  if (document.root() == nullptr) return findings;
  const KindInfo& info = k_kinds[static_cast<size_t>(kind)];
  if (auto newer = find_newer_format(info, document)) {
    findings.push_back(std::move(*newer));
    return findings;
  }
  add_news(findings, schema_of(kind).check(*document.root(), document.source().path, {.rules = info.rules, .slips = slips}));
  return findings;
}

std::vector<Diagnostic> Policy::check_demand(const DocumentDemand& demand, const document::Document& document) const {
  std::vector<Diagnostic> findings = document.findings();
  if (document.root() == nullptr) return findings;
  add_news(findings, demanded_.at(demand.rules).schema->check(*document.root(), document.source().path, {.rules = demand.rules}));
  return findings;
}

std::optional<Strictness> Policy::strictness(std::string_view id) const {
  if (const auto own = file_.rules.find(id); own != file_.rules.end()) return own->second;
  if (const Rule* rule = find_rule(id)) return Strictness{.at_prototype = rule->at_prototype, .at_production = rule->at_production};
  const std::string_view prefix = id.substr(0, id.find('/'));
  for (const DocumentDemand& demand : file_.documents)
    if (demand.rules == prefix) return demand.strictness;
  return std::nullopt;
}

Standing Policy::standing(std::string_view id, model::Level level, SystemTime now, Severity otherwise) const {
  const auto strict = strictness(id);
  if (!strict) return {.severity = otherwise};
  Standing standing{.severity = strict->at(level)};
  if (!standing.severity || *standing.severity == Severity::note || !strict->from || *strict->from <= now) return standing;
  const bool is_error = *standing.severity == Severity::error;
  standing.coming = fmt::format("{} from {} on", is_error ? "an error" : "a warning", strict->from_date);
  standing.severity = is_error ? Severity::warning : Severity::note;
  return standing;
}

const OfficialEnvironment* Policy::find_environment(std::string_view name) const {
  const auto found = environments_.find(name);
  return found == environments_.end() ? nullptr : &found->second;
}

std::vector<std::string> Policy::environment_names() const {
  std::vector<std::string> names;
  for (const auto& [name, environment] : environments_) names.push_back(name);
  return names;
}

}  // namespace mops::policy
