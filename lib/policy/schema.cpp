#include "policy/schema.h"

#include "policy/compiler.h"
#include "policy/evaluator.h"
#include "policy/explainer.h"

namespace mops::policy {

Schema::Schema(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

tl::expected<Schema, std::vector<Diagnostic>> Schema::compile(const document::Document& document, const SchemaLibrary& library,
                                                              const SchemaOptions& options) {
  if (!document.is_sound()) return tl::unexpected(document.findings());
  return compile(*document.root(), document.source().path, library, options);
}

tl::expected<Schema, std::vector<Diagnostic>> Schema::compile(const document::Node& root, std::string_view path,
                                                              const SchemaLibrary& library, const SchemaOptions& options) {
  Compiler compiler(library, options);
  auto program = std::make_unique<Program>(compiler.compile(root, path));
  if (auto findings = compiler.findings(); !findings.empty()) return tl::unexpected(std::move(findings));
  return Schema(std::move(program));
}

bool Schema::accepts(const document::Node& instance) const { return Evaluator(*program_).fits(program_->root, instance); }

std::vector<Diagnostic> Schema::check(const document::Node& instance, std::string_view path, const InstanceOptions& options) const {
  if (accepts(instance)) return {};
  return explain_misfits(*program_, instance, path, options);
}

}  // namespace mops::policy
