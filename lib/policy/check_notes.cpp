#include "policy/check_version.h"
#include "policy/evidence_finder.h"
#include "policy/facts.h"
#include "policy/inspection.h"
#include "policy/prose.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

/// One file of `release-notes/`.
struct NotesFile {
  std::string path;
  model::Version version;              ///< as the file is called
  Document document;
  std::optional<model::Notes> notes;   ///< absent when the file has findings
};

bool has_facts(const model::Notes& notes) {
  return notes.payload || notes.certificate || notes.changes || !notes.metrics.empty() || !notes.performance.empty();
}

/// `v1.2.3.yaml` and `1.2.3.yml` are slips of `1.2.3.yaml`.
std::string help_for_name(std::string_view name) {
  std::string_view stem = name.substr(0, name.rfind('.'));
  if (stem.starts_with('v') || stem.starts_with('V')) stem.remove_prefix(1);
  return model::Version::parse(stem) ? fmt::format("rename it to `{}.yaml`", stem) : "only the notes of versions belong here: move it elsewhere";
}

class NotesCheck {
 public:
  NotesCheck(Inspection& inspection, const Document* manifest) : inspection_(inspection), releases_(inspection, manifest), evidence_(inspection) {}

  Result<void> run() {
    MOPS_TRY(read_files());
    if (files_.empty()) {
      inspection_.add("notes/missing", std::string(k_notes_folder), std::nullopt, "there are no release notes",
                      "write `release-notes/X.Y.Z.yaml`; `mops notes draft X.Y.Z` begins them");
      return {};
    }
    std::sort(files_.begin(), files_.end(), [](const NotesFile& a, const NotesFile& b) { return a.version < b.version; });
    for (const NotesFile& file : files_) {
      if (!file.notes) continue;
      inspection_.adopt(check_prose(file.document));
      if (has_facts(*file.notes)) MOPS_TRY(check_evidence(file));
    }
    MOPS_TRY(demand_facts());
    const NotesFile& newest = files_.back();
    const Node* version = find_below(newest.document.root(), {"version"});
    releases_.check_step(newest.version, newest.document, version != nullptr ? *version : Node());
    return {};
  }

 private:
  Result<void> read_files() {
    constexpr std::string_view k_extension = ".yaml";
    for (const std::string& path : inspection_.paths()) {
      if (!path.starts_with(k_notes_folder)) continue;
      const std::string_view name = std::string_view(path).substr(k_notes_folder.size());
      const std::string_view stem = name.ends_with(k_extension) ? name.substr(0, name.size() - k_extension.size()) : std::string_view();
      const auto version = model::Version::parse(stem);
      if (!version) {
        inspection_.add("notes/file-name", path, std::nullopt,
                        fmt::format("found `{}` among the release notes, expected a name such as `1.2.3.yaml`", name), help_for_name(name));
        continue;
      }
      MOPS_ASSIGN(SourceFile source, inspection_.read(path));
      NotesFile file{.path = path, .version = *version, .document = document::parse_yaml(std::move(source)), .notes = {}};
      std::vector<Diagnostic> findings = inspection_.policy().check_document(DocumentKind::notes, file.document);
      if (findings.empty())
        if (auto notes = model::read_notes(file.document)) file.notes = *std::move(notes);
      inspection_.adopt(std::move(findings));
      const Node* written = find_below(file.document.root(), {"version"});
      if (written != nullptr && written->kind == NodeKind::string && written->text != stem)
        inspection_.add("notes/version-mismatch", file.document, *written,
                        fmt::format("found version `{}`, expected `{}`, as the file is called", written->text, stem),
                        fmt::format("write `\"{}\"`, or rename the file", stem));
      files_.push_back(std::move(file));
    }
    return {};
  }

  Result<void> check_evidence(const NotesFile& file) {
    const model::Notes& notes = *file.notes;
    if (!notes.certificate) {
      inspection_.add("notes/missing-evidence", file.path, notes.facts_span, "the facts name no certificate", "`mops notes draft` copies them from one");
      return {};
    }
    MOPS_ASSIGN(const EvidenceFinder::Found* const found, evidence_.find(*notes.certificate, notes.payload));
    if (found == nullptr) {
      inspection_.add("notes/missing-evidence", file.path, notes.certificate_span,
                      fmt::format("there is no certification under `evidence/` with sha256 {}", notes.certificate->short_hex()),
                      "`git add` the evidence that the notes speak of, or draft the facts again");
      return {};
    }
    if (!found->certificate) return {};
    if (!evidence::passes(found->certificate->verdict))
      inspection_.add("notes/missing-evidence", file.path, notes.certificate_span,
                      fmt::format("the certification `{}` is {}, expected PASSED", found->path, to_string(found->certificate->verdict)),
                      "run `mops certify` until it passes, then draft the facts again");
    const std::string& shown_path = file.document.source().path;
    inspection_.adopt(check_facts(notes, shown_path, *found->certificate, *notes.certificate));
    if (!notes.changes) return {};
    Earlier earlier{.interface = releases_.compare(notes.changes->against, file.version, file.version == files_.back().version)};
    MOPS_ASSIGN(earlier.certificate, certificate_of(notes.changes->against));
    inspection_.adopt(check_changes(notes, shown_path, *found->certificate, earlier));
    return {};
  }

  /// That the notes of an earlier version name, else its tag. nullptr: neither, or it is not here.
  Result<const evidence::Certificate*> certificate_of(const model::Version& version) {
    const auto file = std::find_if(files_.begin(), files_.end(), [&](const NotesFile& candidate) { return candidate.version == version; });
    std::optional<Digest> digest = file != files_.end() && file->notes ? file->notes->certificate : std::nullopt;
    if (!digest) digest = releases_.certificate_of(version);
    if (!digest) return nullptr;
    MOPS_ASSIGN(const EvidenceFinder::Found* const found, evidence_.find(*digest, std::nullopt));
    return found != nullptr && found->certificate ? &*found->certificate : nullptr;
  }

  /// Production wants the newest notes to speak of what was measured, as soon as something was.
  Result<void> demand_facts() {
    const NotesFile& newest = files_.back();
    if (inspection_.options().level != model::Level::production || !newest.notes || has_facts(*newest.notes)) return {};
    std::vector<Digest> known;
    for (const NotesFile& file : files_)
      if (file.notes && file.notes->payload) known.push_back(*file.notes->payload);
    MOPS_ASSIGN(const std::optional<std::string> path, evidence_.find_other_than(known));
    if (path)
      inspection_.add("notes/missing-facts", newest.path, std::nullopt, fmt::format("the notes have no `facts`, though `{}` has passed", *path),
                      fmt::format("`mops notes draft {} --print` writes them", newest.version.to_string()));
    return {};
  }

  Inspection& inspection_;
  ReleaseCheck releases_;
  EvidenceFinder evidence_;
  std::vector<NotesFile> files_;
};

}  // namespace

Result<void> inspect_notes(Inspection& inspection, const Document* manifest) { return NotesCheck(inspection, manifest).run(); }

}  // namespace mops::policy
