#include "policy/policy.h"

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
constexpr std::array<KindInfo, 5> k_kinds = {{{"manifest", "manifest-v1.yaml", "mops"},
                                              {"lock", "lock-v1.yaml", "lock"},
                                              {"notes", "notes-v1.yaml", "notes"},
                                              {"card", "card-v1.yaml", ""},
                                              {"environment", "environment-v1.yaml", "environment"}}};

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

OfficialEnvironment read_environment(const Node& root) {
  OfficialEnvironment out;
  out.name = root.find("name")->text;
  out.expiry_date = root.find("expires")->text;
  out.expires = parse_time(out.expiry_date, DateMeans::end_of_day).value_or(SystemTime());
  if (const Node* names = root.find("lock_files"))
    for (const Node& name : names->items) out.lock_files.emplace_back(name.text);
  return out;
}

}  // namespace

Result<Policy> Policy::load(std::span<const EmbeddedFile> schemas, std::span<const EmbeddedFile> templates, PatternSpeed speed) {
  Policy policy;
  for (const KindInfo& info : k_kinds) {
    const auto file = std::find_if(schemas.begin(), schemas.end(), [&](const EmbeddedFile& f) { return f.path == info.schema; });
    if (file == schemas.end()) return fail(ErrorCode::invalid, fmt::format("the policy has no schema `{}`", info.schema));
    Kind& kind = policy.kinds_.emplace_back(
        Kind{.source = document::parse_yaml({.path = std::string(file->path), .text = std::string(file->content)}), .schema = {}});
    auto schema = Schema::compile(kind.source, *policy.library_, {.patterns = speed});
    if (!schema) return fail(broken(schema.error().front()));
    kind.schema = std::move(*schema);
  }
  constexpr std::string_view k_environments = "environments/";
  for (const EmbeddedFile& file : templates) {
    if (!file.path.starts_with(k_environments) || !file.path.ends_with(".yaml")) continue;
    const auto document = document::parse_yaml({.path = std::string(file.path), .text = std::string(file.content)});
    if (const auto findings = policy.check_document(DocumentKind::environment, document); !findings.empty())
      return fail(broken(findings.front()));
    OfficialEnvironment environment = read_environment(*document.root());
    policy.environments_.emplace(environment.name, environment);
  }
  return policy;
}

std::vector<Diagnostic> Policy::check_document(DocumentKind kind, const document::Document& document) const {
  std::vector<Diagnostic> findings = document.findings();
  if (document.root() == nullptr) return findings;
  const KindInfo& info = k_kinds[static_cast<size_t>(kind)];
  if (auto newer = find_newer_format(info, document)) {
    findings.push_back(std::move(*newer));
    return findings;
  }
  auto misfits = kinds_[static_cast<size_t>(kind)].schema->check(*document.root(), document.source().path, {.rules = info.rules});
  std::move(misfits.begin(), misfits.end(), std::back_inserter(findings));
  return findings;
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
