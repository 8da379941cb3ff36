#include "cli/snapshots.h"

#include "base/text.h"
#include "cli/evidence_folder.h"
#include "cli/release_tag.h"
#include "cli/repository_view.h"

namespace mops::cli {
namespace {

using comparison::Snapshot;
using model::Version;

/// What a state is called, and where it is.
struct Name {
  std::string label;
  std::optional<Version> version;
  std::optional<repository::ObjectId> commit;  ///< absent: the disk
};

Name disk() { return {.label = "the files on the disk", .version = {}, .commit = {}}; }

class Snapshots {
 public:
  Snapshots(Env& env, Workspace& workspace, std::string model) : env_(env), workspace_(workspace), model_(std::move(model)) {}

  Result<Name> find(const std::string& word) {
    std::optional<Version> version;
    if (const auto parsed = Version::parse(word)) version = *parsed;
    else if (const auto named = model::VersionedName::parse(word); named && named->name == model_) version = named->version;
    if (version) return find_release(*version);
    MOPS_ASSIGN(const repository::ObjectId commit, workspace_.repository().resolve(word));
    return Name{.label = word, .version = {}, .commit = commit};
  }

  Result<Name> newest_release() {
    MOPS_ASSIGN(const std::vector<Version> versions, released_versions(workspace_, model_));
    if (versions.empty())
      return fail(ErrorCode::not_found, fmt::format("there is no released version of `{}` here to compare with", model_), "name two revisions, or `git fetch --tags`");
    return find_release(*std::max_element(versions.begin(), versions.end()));
  }

  Result<Snapshot> take(const Name& name) {
    Snapshot snapshot;
    snapshot.label = name.label;
    snapshot.version = name.version;
    if (name.commit) snapshot.commit = name.commit->hex;
    MOPS_ASSIGN(ModelView view, name.commit ? ModelView::of_commit(workspace_, *name.commit) : ModelView::of_work_tree(env_, workspace_));
    const auto parse = [&](const std::string& path) -> Result<document::Document> {
      MOPS_ASSIGN(std::string text, view.read(path));
      return document::parse_yaml({.path = path, .text = std::move(text)});
    };
    const auto has = [&](const std::string& path) { return std::binary_search(view.paths().begin(), view.paths().end(), path); };
    if (!has("mops.yaml")) return fail(ErrorCode::not_found, fmt::format("there is no `mops.yaml` in this folder of {}", name.label));
    MOPS_ASSIGN(snapshot.document, parse("mops.yaml"));
    auto manifest = model::read_manifest(snapshot.document);
    if (!manifest) return fail(std::move(manifest).error().in_context(fmt::format("cannot read {}", name.label)));
    snapshot.manifest = *std::move(manifest);
    MOPS_ASSIGN(const model::Payload payload, name.commit ? workspace_.payload_at(*name.commit) : workspace_.payload(Side::work_tree));
    snapshot.payload = payload.digest();
    if (has("mops.lock")) {
      MOPS_ASSIGN(const document::Document lock, parse("mops.lock"));
      MOPS_ASSIGN(snapshot.lock, model::read_lock(lock));
    }
    if (const std::string& path = snapshot.manifest.environment.lock; !path.empty() && has(path)) {
      MOPS_ASSIGN(snapshot.environment_lock, view.read(path));
    }
    if (has("model-card.md")) {
      MOPS_ASSIGN(std::string text, view.read("model-card.md"));
      snapshot.card = SourceFile{.path = "model-card.md", .text = std::move(text)};
    }
    for (const std::string& path : view.paths()) {
      if (!path.starts_with("release-notes/") || !path.ends_with(".yaml")) continue;
      MOPS_ASSIGN(const document::Document document, parse(path));
      // Notes that `mops check` refuses are not compared.
      if (auto notes = model::read_notes(document)) snapshot.notes.emplace(notes->version, *notes);
    }
    return snapshot;
  }

  /// Those in the commits of `names`, and on the disk.
  Result<std::vector<FoundCertificate>> certificates(const std::vector<Name>& names) {
    std::vector<FoundCertificate> found;
    std::vector<std::string> problems;
    const auto add = [&](std::vector<FoundCertificate> more) { std::move(more.begin(), more.end(), std::back_inserter(found)); };
    for (const Name& name : names) {
      if (!name.commit) continue;
      MOPS_ASSIGN(auto more, certificates_at(workspace_, *name.commit, std::nullopt, problems));
      add(std::move(more));
    }
    MOPS_ASSIGN(auto more, certificates_on_disk(env_, workspace_.folder(), std::nullopt, problems));
    add(std::move(more));
    return found;
  }

  /// Of the certifications of a payload: the one that the notes of the version name, else the newest that PASSED, else the newest.
  static void certify(Snapshot& snapshot, const std::vector<FoundCertificate>& found) {
    const FoundCertificate* best = nullptr;
    const auto notes = snapshot.version ? snapshot.notes.find(*snapshot.version) : snapshot.notes.end();
    const auto rank = [&](const FoundCertificate& candidate) {
      const bool is_named = notes != snapshot.notes.end() && notes->second.certificate == candidate.digest;
      return std::tuple(is_named, evidence::passes(candidate.certificate.verdict), candidate.certificate.finished);
    };
    for (const FoundCertificate& candidate : found)
      if (candidate.certificate.payload == snapshot.payload && (best == nullptr || rank(*best) < rank(candidate))) best = &candidate;
    if (best != nullptr) snapshot.certification = comparison::Certification{.certificate = best->certificate, .digest = best->digest, .path = best->path, .key_id = best->key_id};
  }

 private:
  Result<Name> find_release(const Version& version) {
    const std::string tag = model::version_tag(model_, version);
    if (const auto commit = workspace_.repository().resolve("refs/tags/" + tag)) return Name{.label = version.to_string(), .version = version, .commit = *commit};
    MOPS_ASSIGN(std::vector<Version> versions, released_versions(workspace_, model_));
    std::sort(versions.begin(), versions.end());
    std::vector<std::string> words;
    for (const Version& known : versions) words.push_back(known.to_string());
    constexpr size_t k_shown = 10;
    if (words.size() > k_shown) words.erase(words.begin(), words.end() - k_shown);
    return fail(ErrorCode::not_found, fmt::format("there is no release {} of `{}` here", version.to_string(), model_),
                words.empty() ? "`git fetch --tags` brings releases made elsewhere" : fmt::format("released here: {}; `git fetch --tags` brings those made elsewhere", quoted_list(words, "and")));
  }

  Env& env_;
  Workspace& workspace_;
  std::string model_;
};

}  // namespace

Result<comparison::Snapshot> take_snapshot(Env& env, Workspace& workspace, const std::optional<std::string>& name) {
  MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(Side::work_tree));
  Snapshots snapshots(env, workspace, manifest.name);
  Name wanted = disk();
  if (name) {
    MOPS_ASSIGN(wanted, snapshots.find(*name));
  }
  MOPS_ASSIGN(Snapshot snapshot, snapshots.take(wanted));
  MOPS_ASSIGN(const auto found, snapshots.certificates({wanted}));
  Snapshots::certify(snapshot, found);
  return snapshot;
}

Result<SnapshotPair> take_snapshots(Env& env, Workspace& workspace, const std::optional<std::string>& before, const std::optional<std::string>& after) {
  MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest(Side::work_tree));
  Snapshots snapshots(env, workspace, manifest.name);
  MOPS_ASSIGN(const Name old_name, before ? snapshots.find(*before) : snapshots.newest_release());
  Name new_name = disk();
  if (after) {
    MOPS_ASSIGN(new_name, snapshots.find(*after));
  }
  SnapshotPair pair;
  MOPS_ASSIGN(pair.before, snapshots.take(old_name));
  MOPS_ASSIGN(pair.after, snapshots.take(new_name));
  MOPS_ASSIGN(const auto found, snapshots.certificates({old_name, new_name}));
  Snapshots::certify(pair.before, found);
  Snapshots::certify(pair.after, found);
  return pair;
}

}  // namespace mops::cli
