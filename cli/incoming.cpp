#include "cli/incoming.h"

#include "cli/environments.h"
#include "cli/release_tag.h"
#include "model/lock.h"
#include "repository/payload_source.h"

namespace mops::cli {
namespace {

Result<FoundCertificate> find_certificate(Env& env, Workspace& workspace, const repository::ObjectId& commit, const Digest& payload,
                                          const std::optional<Digest>& wanted) {
  std::vector<std::string> problems;
  MOPS_ASSIGN(std::vector<FoundCertificate> found, certificates_at(workspace, commit, payload, problems));
  // Evidence may be written after the release (a CI artifact, a later certification).
  MOPS_ASSIGN(std::vector<FoundCertificate> on_disk, certificates_on_disk(env, workspace.folder(), payload, problems));
  std::move(on_disk.begin(), on_disk.end(), std::back_inserter(found));
  std::erase_if(found, [](const FoundCertificate& c) { return !evidence::passes(c.certificate.verdict); });
  for (FoundCertificate& certificate : found)
    if (wanted && certificate.digest == *wanted) return std::move(certificate);
  if (!found.empty()) return std::move(found.front());
  return fail(Error{.code = ErrorCode::refused,
                    .message = fmt::format("there is no PASSED certificate for payload {}", payload.short_hex()),
                    .causes = std::move(problems),
                    .help = "run `mops certify`; nothing without a certificate is promoted"});
}

}  // namespace

Result<Incoming> Incoming::of_release(Env& env, Workspace& workspace, const model::VersionedName& wanted, const platform::StateFolder& state) {
  MOPS_ASSIGN(const repository::Tag tag, find_tag(workspace, model::version_tag(wanted.name, wanted.version)));
  const ReleaseTrailers trailers = read_trailers(tag.message);
  const std::string model_folder = trailers.folder.value_or(workspace.folder_in_repository());
  std::optional<Workspace> elsewhere;
  if (model_folder != workspace.folder_in_repository()) {
    MOPS_ASSIGN(elsewhere, Workspace::open(env, (workspace.repository().place().root / model_folder).string()));
  }
  Workspace& released = elsewhere ? *elsewhere : workspace;
  MOPS_ASSIGN(const model::Payload payload, released.payload_at(tag.commit));
  const Digest digest = payload.digest();
  if (trailers.payload && *trailers.payload != digest)
    return fail(ErrorCode::refused, fmt::format("tag `{}` names payload {}, its commit has {}", tag.name, trailers.payload->short_hex(), digest.short_hex()),
                "the tag was moved or written by hand: release again under a new version");
  MOPS_ASSIGN(const FoundCertificate certificate, find_certificate(env, released, tag.commit, digest, trailers.certificate));

  return lay_out(env, released, {.payload = digest, .version = wanted.version, .commit = tag.commit.hex}, payload,
                 {.envelope = certificate.envelope, .public_key = certificate.public_key}, state);
}

Result<Incoming> Incoming::of_candidate(Env& env, Workspace& workspace, const model::Payload& payload, const SignedEvidence& evidence, const platform::StateFolder& state) {
  MOPS_ASSIGN(const repository::ObjectId head, workspace.head());
  return lay_out(env, workspace, {.payload = payload.digest(), .version = {.pre_release = {"candidate"}}, .commit = head.hex}, payload, evidence, state);
}

Result<model::Manifest> Incoming::manifest(Env& env) const {
  MOPS_ASSIGN(std::string text, env.files.read(payload_folder() / "mops.yaml"));
  return model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = std::move(text)}));
}

Result<Incoming> Incoming::lay_out(Env& env, Workspace& workspace, const platform::VersionLabel& label, const model::Payload& payload, const SignedEvidence& evidence,
                                   const platform::StateFolder& state) {
  Incoming incoming;
  MOPS_ASSIGN(incoming.folder_, ScratchFolder::make(env.files, state.incoming(), make_ulid(env.clock.now(), env.random)));
  const platform::VersionFolder folder{.root = incoming.folder_.path()};
  incoming.label_ = label;
  incoming.folder_in_repository_ = workspace.folder_in_repository();
  const repository::ObjectId commit{.hex = label.commit};
  MOPS_TRY(env.files.make_directories(folder.certificate().parent_path()));
  MOPS_TRY(env.files.write(folder.payload_lines(), payload.lines()));
  MOPS_TRY(repository::extract_payload(workspace.repository(), commit, workspace.folder_in_repository(), folder.payload(), env.files));
  MOPS_ASSIGN(auto lock_text, workspace.read_at(commit, "mops.lock"));
  if (lock_text) {
    MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(*lock_text)})));
    MOPS_TRY(repository::fetch_artifacts(lock, workspace.folder(), folder.payload(), env.files));
  }
  MOPS_ASSIGN(std::string manifest_text, env.files.read(folder.payload() / "mops.yaml"));
  const auto document = document::parse_yaml({.path = "mops.yaml", .text = std::move(manifest_text)});
  MOPS_ASSIGN(const model::Manifest manifest, model::read_manifest(document));
  MOPS_ASSIGN(const EnvironmentFile official, find_environment(env, document, workspace.folder(), manifest.environment.name));
  MOPS_TRY(env.files.write(folder.environment(), official.text));
  MOPS_TRY(env.files.write(folder.certificate(), evidence.envelope));
  MOPS_TRY(env.files.write(folder.public_key(), evidence.public_key));
  return incoming;
}

}  // namespace mops::cli
