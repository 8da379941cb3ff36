#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/policies.h"
#include "cli/scratch_folder.h"

namespace mops::cli {
namespace {

class PolicyFetchCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "policy fetch",
            .summary = "get the policy that mops.yaml names from its git repository, so that checks need no network",
            .examples = {"mops policy fetch", "mops policy fetch models/churn"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "the folder of the model (here)", .target = &directory_}};
  }

  Result<ExitCode> run(Env& env) override {
    const Path folder = (env.folder / directory_).lexically_normal();
    MOPS_ASSIGN(std::string text, env.files.read(folder / "mops.yaml"));
    const document::Document manifest = document::parse_yaml({.path = (Path(directory_) / "mops.yaml").string(), .text = std::move(text)});
    const auto reference = policy::read_reference(manifest);
    if (!reference || reference->git.empty()) {
      env.console.err("nothing to fetch: the policy is not in a git repository of its own\n");
      return ExitCode::done;
    }
    MOPS_ASSIGN(const Path destination, fetched_policy_folder(env, *reference->digest));
    if (exists(env.files, destination)) {
      const auto kept = policy::Bundle::read(env.files, destination, built_in_bundle(), reference->git);
      if (kept && kept->digest() == *reference->digest) {
        env.console.err(fmt::format("policy {} of {} is here already\n", reference->revision, reference->git));
        return ExitCode::done;
      }
      MOPS_TRY(env.files.remove(destination));  // Somebody changed it.
    }
    MOPS_TRY(fetch(env, *reference, folder, destination, manifest.source().path));
    env.console.err(fmt::format("fetched policy {} of {}\nnext: mops check\n", reference->revision, reference->git));
    return ExitCode::done;
  }

 private:
  static Result<void> fetch(Env& env, const policy::Reference& reference, const Path& model_folder, const Path& destination, const std::string& manifest) {
    MOPS_TRY(env.files.make_directories(destination.parent_path()));
    MOPS_ASSIGN(const ScratchFolder scratch, ScratchFolder::make(env.files, destination.parent_path() / ".fetching", make_ulid(env.clock.now(), env.random)));
    const Path clone = scratch.path() / "policy";
    // A clone of its own: git then takes tags and commits alike, and paths relative to where the model is.
    MOPS_TRY(git(env, {"clone", "--quiet", "--no-checkout", "--", reference.git, clone.string()}, model_folder, reference));
    MOPS_TRY(git(env, {"checkout", "--quiet", "--detach", reference.revision}, clone, reference));
    const Path found = (clone / reference.folder).lexically_normal();
    MOPS_ASSIGN(const policy::Bundle bundle, policy::Bundle::read(env.files, found, built_in_bundle(), reference.git));
    if (bundle.digest() != *reference.digest)
      return fail(ErrorCode::refused, fmt::format("{}:{}:{}: the policy {} of `{}` has digest {}, not this one", manifest, reference.digest_span.begin.line,
                                                  reference.digest_span.begin.column, reference.revision, reference.git, bundle.digest().hex()),
                  "look at what changed in the policy; if it is wanted, write the new digest");
    MOPS_TRY(env.files.remove(found / ".git"));
    const auto moved = env.files.rename(found, destination);
    // Somebody else fetched the same policy in the meantime: by its name it is the same.
    return moved || exists(env.files, destination) ? Result<void>() : moved;
  }

  static Result<void> git(Env& env, std::vector<std::string> arguments, const Path& folder, const policy::Reference& reference) {
    arguments.insert(arguments.begin(), "git");
    const auto result = run_process({.arguments = std::move(arguments), .folder = folder, .variables = env.variables, .group = ProcessGroup::inherited}, env.stop);
    if (!result && result.error().code == ErrorCode::not_found) return fail(ErrorCode::outside, "there is no `git` here", "install git");
    if (!result) return fail(result.error());
    if (result->exit_code == 0) return {};
    return fail(Error{.code = ErrorCode::outside,
                      .message = fmt::format("git could not get {} of `{}`", reference.revision, reference.git),
                      .causes = {std::string(trim(result->errors))},
                      .help = "try `git clone` by hand; `policy.git` and `policy.revision` in mops.yaml name the place"});
  }

  std::string directory_;
};

}  // namespace

std::unique_ptr<Command> make_policy_fetch_command() { return std::make_unique<PolicyFetchCommand>(); }

}  // namespace mops::cli
