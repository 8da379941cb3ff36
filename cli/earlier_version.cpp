#include "cli/earlier_version.h"

#include "cli/release_tag.h"
#include "model/notes.h"

namespace mops::cli {

std::string notes_path(const model::Version& version) { return fmt::format("release-notes/{}.yaml", version.to_string()); }

EarlierVersion find_earlier(Workspace& workspace, const std::string& name, const model::Version& version, std::span<const FoundCertificate> certificates,
                            const std::function<std::optional<std::string>(const std::string& path)>& read_notes) {
  EarlierVersion earlier{.version = version, .commit = {}, .manifest = {}, .certificate = {}};
  std::optional<Digest> digest;
  if (auto text = read_notes(notes_path(version))) {
    const auto notes = model::read_notes(document::parse_yaml({.path = notes_path(version), .text = *std::move(text)}));
    if (notes) digest = notes->certificate;
  }
  const std::string tag = model::version_tag(name, version);
  if (auto commit = workspace.repository().resolve("refs/tags/" + tag)) {
    earlier.commit = *std::move(commit);
    if (auto manifest = workspace.manifest_at(*earlier.commit)) earlier.manifest = *std::move(manifest);
    if (!digest) {
      // A tag without annotation has no message.
      if (const auto annotated = find_tag(workspace, tag)) digest = read_trailers(annotated->message).certificate;
    }
  }
  for (const FoundCertificate& found : certificates)
    if (digest && found.digest == *digest) earlier.certificate = found.certificate;
  return earlier;
}

Result<std::optional<model::Version>> newest_release_below(Workspace& workspace, const std::string& name, const model::Version& version) {
  MOPS_ASSIGN(const std::vector<model::Version> versions, released_versions(workspace, name));
  const model::Version* newest = newest_below(versions, version);
  return newest == nullptr ? std::nullopt : std::optional(*newest);
}

}  // namespace mops::cli
