#include "cli/served_model.h"

#include "base/text.h"
#include "cli/environments.h"
#include "model/lock.h"
#include "repository/payload_source.h"
#include "target/log.h"
#include "target/serving.h"

namespace mops::cli {
namespace {

/// The files of the work tree that are payload, copied.
Result<void> copy_work_tree(Env& env, Workspace& workspace, const Path& destination) {
  MOPS_ASSIGN(const auto paths, workspace.repository().work_tree_files(workspace.folder_in_repository()));
  for (const std::string& path : paths) {
    if (!model::is_payload_path(path)) continue;
    const Path from = workspace.folder() / path;
    MOPS_ASSIGN(const std::string content, env.files.read(from));
    const bool executable = env.files.status(from).value_or(FileStatus{}).executable;
    MOPS_TRY(env.files.make_directories((destination / path).parent_path()));
    MOPS_TRY(env.files.write(destination / path, content, executable ? 0755 : 0644));
  }
  return {};
}

Result<void> lay_out(Env& env, const PayloadSource& source, const Path& destination) {
  Workspace& workspace = source.workspace;
  if (source.commit) {
    MOPS_TRY(repository::extract_payload(workspace.repository(), *source.commit, workspace.folder_in_repository(), destination, env.files));
  } else {
    MOPS_TRY(copy_work_tree(env, workspace, destination));
  }
  if (!exists(env.files, destination / "mops.lock")) return {};
  MOPS_ASSIGN(std::string text, env.files.read(destination / "mops.lock"));
  MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(text)})));
  return repository::fetch_artifacts(lock, workspace.folder(), destination, env.files);
}

/// The log goes with the folder; nobody could look at it.
Error without_log(Error error, const Path& log) {
  for (const std::string_view words : {"look at its log `{}`; ", "its log is `{}`; ", "its log is `{}`"})
    error.help = replace_all(error.help, replace_all(words, "{}", log.string()), "");
  return error;
}

}  // namespace

Result<target::PreparedEnvironment> prepare_environment(Env& env, const target::Environment& environment, const model::Manifest& manifest, const Path& folder,
                                                        const platform::StateFolder& state, Progress& progress) {
  MOPS_TRY(env.files.make_directories(state.environments()));
  const OutputSink sink = [&](std::string_view, bool) { progress.show(fmt::format("creating environment {}", environment.name)); };
  return target::ensure_environment({.environment = environment,
                                     .lock_file = manifest.environment.lock.empty() ? Path() : folder / manifest.environment.lock,
                                     .folder = state.environments(),
                                     .variables = env.variables},
                                    env.files, sink, env.stop);
}

Result<ServedModel> ServedModel::start(Env& env, const PayloadSource& source, const model::Manifest& manifest, const Digest& payload, const platform::StateFolder& state,
                                       Progress& progress) {
  ServedModel served(env);
  MOPS_ASSIGN(served.scratch_, ScratchFolder::make(env.files, state.root / "certify", make_ulid(env.clock.now(), env.random),
                                                   [](const Path& folder) { target::LocalTarget::end_all_in(folder / "payload"); }));
  served.payload_folder_ = served.scratch_.path() / "payload";
  MOPS_TRY(lay_out(env, source, served.payload_folder_));
  MOPS_ASSIGN(std::string text, env.files.read(served.payload_folder_ / "mops.yaml"));
  const auto document = document::parse_yaml({.path = "mops.yaml", .text = std::move(text)});
  MOPS_ASSIGN(const EnvironmentFile official, find_environment(env, document, source.workspace.folder(), manifest.environment.name));
  MOPS_ASSIGN(const target::PreparedEnvironment prepared, prepare_environment(env, official.environment, manifest, served.payload_folder_, state, progress));
  served.variables_ = target::run_variables(official.environment, prepared.prefix, env.variables);
  const target::VersionSpec spec = target::serving_spec({.name = manifest.name,
                                                         .manifest = manifest,
                                                         .environment = official.environment,
                                                         .prepared = prepared,
                                                         .payload = payload,
                                                         .folder = served.payload_folder_,
                                                         .log = served.scratch_.path() / "model.log",
                                                         .variables = env.variables});
  progress.show("starting the model");
  const SteadyTime begin = env.clock.steady();
  auto started = target::start_and_wait(*served.target_, spec, env.clock, env.stop);
  if (!started) return fail(without_log(std::move(started).error(), spec.log));
  served.instance_ = std::move(*started);
  served.cold_start_ = env.clock.steady() - begin;
  return served;
}

Error ServedModel::explain(Error error) {
  Error explained = target::explain_failure(*target_, instance_, std::move(error));
  constexpr size_t k_shown_lines = 20;
  if (explained.code != ErrorCode::interrupted && !target_->ended(instance_))
    for (const std::string& line : target::own_lines(instance_, k_shown_lines)) explained.causes.push_back("the model printed: " + line);
  return without_log(std::move(explained), instance_.log);
}

ServedModel::~ServedModel() {
  if (target_ && instance_.pid != 0) (void)target_->stop(instance_, std::chrono::seconds(5));
}

}  // namespace mops::cli
