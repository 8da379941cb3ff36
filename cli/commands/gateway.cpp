#include "cli/commands/all.h"
#include "gateway/route_file.h"
#include "net/loop.h"
#include "net/tls.h"

#include <condition_variable>
#include <mutex>

namespace mops::cli {
namespace {

/// How soon a change of the files is seen.
constexpr std::chrono::milliseconds k_look_again{200};

/// Texts of the certificate's files; empty without TLS.
struct CertificateTexts {
  std::string chain;
  std::string key;
  friend bool operator==(const CertificateTexts&, const CertificateTexts&) = default;
};

class GatewayCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "gateway",
            .summary = "the data plane alone: route requests of the Open Inference Protocol by a file",
            .examples = {"mops gateway routes.yaml", "mops gateway routes.yaml --check"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FILE", .help = "the routes (routes/v1); read again when it changes", .target = &file_, .presence = Presence::required},
            {.name = "--check", .help = "only read the file", .target = &only_check_},
            {.name = "--drain-seconds", .value = "N", .help = "how long requests in flight may take at the end (300)", .target = &drain_seconds_}};
  }

  Result<ExitCode> run(Env& env) override {
    if (drain_seconds_ < 0 || drain_seconds_ > 86'400) return fail(ErrorCode::usage, "`--drain-seconds` lies between 0 and 86400");
    MOPS_ASSIGN(std::string text, env.files.read(env.folder / file_));
    MOPS_ASSIGN(gateway::RouteFile file, read(text));
    CertificateTexts certificate;
    if (file.certificate) {
      MOPS_ASSIGN(certificate, read_certificate(env, *file.certificate));
      MOPS_ASSIGN(file.options.tls, context_of(env, certificate, *file.certificate));
    }
    if (Path& folder = file.options.record.folder; !folder.empty()) folder = (env.folder / file_).parent_path() / folder;
    if (only_check_) {
      env.console.err(fmt::format("`{}` is sound: {} on `{}`\n", file_, count_of_models(file), file.listen.text()));
      return ExitCode::done;
    }
    net::raise_file_limit();
    MOPS_ASSIGN(const auto running, gateway::Gateway::start(file.listen, file.options));
    const std::string models = count_of_models(file);
    MOPS_TRY(running->swap(std::move(file.table)));
    env.console.err(fmt::format("serves {} on {}://{}\nnext: change `{}` to route anew, Ctrl-C to stop\n", models, file.certificate ? "https" : "http", running->address().text(), file_));
    follow(env, *running, std::move(text), file.certificate, std::move(certificate));
    env.console.err("stopping: requests in flight are finished\n");
    if (running->stop(std::chrono::seconds(drain_seconds_))) return ExitCode::done;
    return fail(ErrorCode::outside, fmt::format("requests were still in flight after {} s, and were cut off", drain_seconds_));
  }

 private:
  [[nodiscard]] Result<gateway::RouteFile> read(const std::string& text) const { return gateway::read_route_file(document::parse({.path = file_, .text = text})); }

  [[nodiscard]] Result<CertificateTexts> read_certificate(Env& env, const gateway::RouteFile::Certificate& files) const {
    const Path folder = (env.folder / file_).parent_path();
    CertificateTexts texts;
    MOPS_ASSIGN(texts.chain, env.files.read(folder / files.chain));
    MOPS_ASSIGN(texts.key, env.files.read(folder / files.key));
    return texts;
  }

  static Result<std::shared_ptr<const net::TlsContext>> context_of(Env& env, const CertificateTexts& texts, const gateway::RouteFile::Certificate& files) {
    auto context = net::TlsContext::make(texts.chain, texts.key, env.clock.now());
    if (!context) return fail(std::move(context.error()).in_context(fmt::format("`{}` and `{}` cannot be used for TLS", files.chain, files.key)));
    return context;
  }

  static std::string count_of_models(const gateway::RouteFile& file) {
    const size_t count = file.table.models.size();
    return fmt::format("{} model{}", count, count == 1 ? "" : "s");
  }

  /// Takes over what changes in the files until it is time to stop. What is missing or not sound changes nothing.
  void follow(Env& env, gateway::Gateway& running, std::string text, const std::optional<gateway::RouteFile::Certificate>& files, CertificateTexts certificate) const {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, env.stop, k_look_again, [&env] { return env.stop.stop_requested(); })) {
      if (auto now = env.files.read(env.folder / file_); now && *now != text) {
        text = std::move(*now);
        const auto changed = take_over(running, text);
        env.console.err(changed ? fmt::format("took over `{}`: {}\n", file_, *changed) : fmt::format("the routes stay as they were: {}\n", changed.error().message));
      }
      if (!files) continue;
      if (auto now = read_certificate(env, *files); now && *now != certificate) {
        certificate = std::move(*now);
        const auto context = context_of(env, certificate, *files);
        if (context) running.use_certificate(*context);
        env.console.err(context ? fmt::format("took over `{}`\n", files->chain) : fmt::format("the certificate stays as it was: {}\n", context.error().causes.front()));
      }
    }
  }

  Result<std::string> take_over(gateway::Gateway& running, const std::string& text) const {
    MOPS_ASSIGN(gateway::RouteFile file, read(text));
    std::string models = count_of_models(file);
    MOPS_TRY(running.swap(std::move(file.table)));
    return models;
  }

  std::string file_;
  bool only_check_ = false;
  int64_t drain_seconds_ = 300;
};

}  // namespace

std::unique_ptr<Command> make_gateway_command() { return std::make_unique<GatewayCommand>(); }

}  // namespace mops::cli
