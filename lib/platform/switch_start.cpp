#include "platform/switch.h"

namespace mops::platform {

Result<tensor::Dataset> certified_dataset(FileSystem& files, const StoredVersion& version) {
  const model::Dataset* dataset = version.manifest.find_dataset(version.certificate.dataset.name);
  if (dataset == nullptr || dataset->path.empty())
    return fail(ErrorCode::refused, fmt::format("the certified data set `{}` is not among the version's files", version.certificate.dataset.name));
  MOPS_ASSIGN(std::string text, files.read(version.folder.payload() / dataset->path));
  if (sha256(text) != version.certificate.dataset.sha256)
    return fail(ErrorCode::refused, fmt::format("`{}` is not the data set that was certified", dataset->path));
  return tensor::Dataset::parse(dataset->path, std::move(text));
}

std::optional<target::Instance> Switch::find_warm() {
  for (const target::StateChange& state : parts_.supervisor.states()) {
    // Ready with an error: its copy is damaged, it could not be started again.
    if (state.key != key_ || state.state != target::InstanceState::ready || state.error) continue;
    // The supervisor looks every now and then: it may have died a moment ago.
    if (!parts_.target.ended(state.instance)) return state.instance;
  }
  return std::nullopt;
}

/// After this the version runs, is warm, and answers as certified.
Result<void> Switch::bring_up() {
  // Warm for as long as it has been standby: a rollback starts nothing and asks nothing.
  if (const auto warm = find_warm()) {
    instance_ = *warm;
    return {};
  }
  // What came with the request was verified when it was taken.
  if (request_.incoming.empty()) {
    MOPS_ASSIGN(version_, parts_.open_whole(to_.payload));
  }
  MOPS_ASSIGN(spec_, parts_.spec_of(stage_, to_, *version_, report_, token_));
  report_(fmt::format("starting {}", shown(request_.model, to_)));
  const auto states = parts_.supervisor.states();
  taken_from_supervisor_ = std::any_of(states.begin(), states.end(), [this](const target::StateChange& state) { return state.key == key_; });
  parts_.preparations.drop(key_);
  if (const auto stopped = parts_.supervisor.remove(key_)) (void)parts_.target.stop(*stopped, std::chrono::seconds(5));
  MOPS_ASSIGN(instance_, target::start_and_wait(parts_.target, spec_, parts_.world.clock, token_));
  started_here_ = true;
  report_(fmt::format("asking for the {} certified rows", version_->certificate.answers.rows.size()));
  auto same = warm_up();
  if (same) return same;
  return fail(target::explain_failure(parts_.target, instance_, std::move(same).error()));
}

Result<void> Switch::warm_up() {
  MOPS_ASSIGN(const tensor::Dataset dataset, certified_dataset(parts_.world.files, *version_));
  certify::ModelClient client(parts_.world.transport, parts_.target.endpoints(instance_).front(), version_->manifest.serving.model, version_->manifest.interface);
  return certify::verify_answers(client, dataset, version_->certificate.answers, token_);
}

void Switch::take_down() {
  if (is_sharing_) give_share({});
  if (is_supervised_) {
    // It had requests: it ends when those in flight are answered. A standby goes on standing by.
    const std::lock_guard lock(parts_.mutex);
    parts_.settle(stage_, request_.model);
    return;
  }
  if (started_here_) (void)parts_.target.stop(instance_, std::chrono::seconds(5));
  // A standby that was down and could not be brought up for this switch is still the standby: the supervisor tries on.
  if (taken_from_supervisor_) parts_.supervisor.add_stopped(key_, spec_);
}

}  // namespace mops::platform
