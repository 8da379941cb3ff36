#include "model/manifest.h"
#include "policy/inspection.h"
#include "policy/model_template.h"
#include "scaffold/drift.h"


namespace mops::policy {
namespace {

constexpr std::string_view k_rule = "template/drift";

/// The files of a check. What is no regular file there is absent or a link's text: `mops policy diff` looks closer.
class InspectedFiles final : public scaffold::PresentFiles {
 public:
  explicit InspectedFiles(Inspection& inspection) : inspection_(inspection) {}

  Result<scaffold::PresentFile> look(const std::string& path) override {
    if (!inspection_.has_file(path)) return scaffold::PresentFile{};
    MOPS_ASSIGN(SourceFile source, inspection_.read(path));
    // Nobody told its mode; taken as the template would have it, so that only its text is compared.
    const uint32_t mode = source.text.starts_with("#!") ? 0755 : 0644;
    return scaffold::PresentFile{.kind = scaffold::PresentKind::file, .content = std::move(source.text), .mode = mode};
  }

 private:
  Inspection& inspection_;
};

/// In the manifest, what made it impossible to find the template.
void tell(Inspection& inspection, const document::Document& document, const Error& error) {
  const document::Node* place = nullptr;
  if (error.code == ErrorCode::not_found) place = find_below(document.root(), {"policy", "template"});
  if (error.code == ErrorCode::usage) place = find_below(document.root(), {"policy", "without"});
  if (place != nullptr) inspection.add(k_rule, document, *place, error.message, error.help);
  else inspection.add(k_rule, k_manifest_path, std::nullopt, error.message, error.help);
}

}  // namespace

Result<void> inspect_template(Inspection& inspection, const document::Document& document) {
  // What is wrong with the manifest has been found already.
  const auto manifest = model::read_manifest(document);
  if (!manifest) return {};
  const auto followed = template_of(*manifest, inspection.policy(), inspection.options().scope, inspection.options().now);
  if (!followed) {
    tell(inspection, document, followed.error());
    return {};
  }
  if (!*followed) return {};
  InspectedFiles files(inspection);
  MOPS_ASSIGN(const std::vector<scaffold::FileDrift> drifts, scaffold::find_drift((*followed)->fresh, files));
  for (const scaffold::FileDrift& drift : drifts)
    for (const scaffold::DriftFinding& finding : drift.findings)
      if (finding.kind != scaffold::DriftKind::yours) inspection.add(k_rule, drift.path, finding.place, finding.message, scaffold::help_of(finding));
  return {};
}

}  // namespace mops::policy
