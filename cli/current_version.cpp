#include "cli/current_version.h"

#include "certify/current_version.h"
#include "certify/prediction.h"
#include "cli/release_tag.h"
#include "cli/served_model.h"

namespace mops::cli {

Result<evidence::Comparison> compare_with_baseline(Env& env, Workspace& workspace, const Baseline& baseline, const model::Manifest& candidate, const tensor::Dataset& rows,
                                                   const stats::Sample& predictions, const platform::StateFolder& state, Progress& progress) {
  const std::string version = baseline.version.version.to_string();
  progress.show(fmt::format("comparing with {}", version));
  MOPS_ASSIGN(const repository::Tag tag, find_tag(workspace, model::version_tag(baseline.version.name, baseline.version.version)));
  std::optional<Workspace> elsewhere;
  if (const auto folder = read_trailers(tag.message).folder; folder && *folder != workspace.folder_in_repository()) {
    MOPS_ASSIGN(elsewhere, Workspace::open(env, (workspace.repository().place().root / *folder).string()));
  }
  Workspace& released = elsewhere ? *elsewhere : workspace;
  MOPS_ASSIGN(const model::Payload payload, released.payload_at(tag.commit));
  MOPS_ASSIGN(auto text, released.read_at(tag.commit, "mops.yaml"));
  if (!text) return fail(ErrorCode::not_found, fmt::format("`{}` has no mops.yaml", tag.name));
  MOPS_ASSIGN(const model::Manifest manifest, model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = std::move(*text)})));
  MOPS_ASSIGN(const model::Manifest asked, certify::asked_as(manifest, candidate));

  MOPS_ASSIGN(ServedModel served, ServedModel::start(env, {.workspace = released, .commit = tag.commit}, manifest, payload.digest(), state, progress));
  certify::ModelClient client(env.transport, served.endpoint(), manifest.serving.model, manifest.interface);
  auto measured = certify::measure_predictions(client, asked, rows, [&](std::string_view, uint64_t done, uint64_t total) { progress.show(fmt::format("asking {}", version), done, total); },
                                               env.stop);
  if (!measured) return fail(served.explain(std::move(measured).error()));
  MOPS_ASSIGN(evidence::Comparison comparison, certify::compare_with_current(*measured->sample, predictions, env.stop));
  comparison.baseline = version;
  comparison.payload = payload.digest();
  return comparison;
}

}  // namespace mops::cli
