#include "base/embedded_file.h"
#include "cli/certificate_file.h"
#include "cli/commands/all.h"
#include "cli/visible.h"
#include "document/document.h"
#include "evidence/dsse.h"
#include "model/lock.h"
#include "policy/metaschemas.h"

#include <algorithm>
#include <map>

namespace mops::cli {
namespace {

using document::Value;

/// One thing that was looked at.
struct Finding {
  std::string what;  ///< "signature"
  bool holds = false;
  std::string text;
};

class CertificateVerifyCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certificate verify",
            .summary = "whether a certificate is genuine: its signature, its form, and what it is about against the repository",
            .examples = {"mops certificate verify", "mops certificate verify certification.json --key ci.pub", "mops certificate verify --format json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "FILE", .help = "the certificate (the newest one of the payload on the disk)", .target = &file_},
            {.name = "--key", .value = "FILE", .help = "the public key (PEM) that must have signed (any under evidence/keys)", .target = &key_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            {.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const CertificateFile file, find_certificate_file(env, workspace, file_));
    std::vector<Finding> findings;
    MOPS_ASSIGN(findings.emplace_back(), look_at_signature(env, workspace, file));
    MOPS_ASSIGN(findings.emplace_back(), look_at_form(file));
    MOPS_TRY(look_at_subjects(workspace, file.certificate, findings));
    look_at_measurements(env, workspace, file, findings);
    print(env, file, findings);
    return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.holds; }) ? ExitCode::done : ExitCode::answer_is_no;
  }

 private:
  Result<Finding> look_at_signature(Env& env, const Workspace& workspace, const CertificateFile& file) const {
    std::vector<evidence::PublicKey> keys;
    if (key_) {
      MOPS_ASSIGN(evidence::PublicKey key, evidence::load_public_key(env.files, env.folder / *key_));
      keys.push_back(std::move(key));
    } else {
      keys = keys_of(env, workspace);
    }
    const auto opened = evidence::open_statement(file.envelope, keys, file.name);
    if (opened) return Finding{.what = "signature", .holds = true, .text = fmt::format("by key {}", opened->key_ids.front().substr(0, 16))};
    if (opened.error().code != ErrorCode::refused) return fail(opened.error());
    const std::string trusted = key_ ? fmt::format("`{}` did not sign this, or it was changed since", *key_)
                                     : fmt::format("none of the {} keys under `evidence/keys` signed this, or it was changed since", keys.size());
    return Finding{.what = "signature", .text = trusted};
  }

  /// The schema is published: what other programs rely on.
  static Result<Finding> look_at_form(const CertificateFile& file) {
    const auto embedded = embedded::schemas();
    const auto found = std::find_if(embedded.begin(), embedded.end(), [](const EmbeddedFile& f) { return f.path == "certificate-v1.yaml"; });
    if (found == embedded.end()) return fail(ErrorCode::invalid, "this program has no schema `certificate-v1`");
    const document::Document text = document::parse_yaml({.path = "certificate-v1.yaml", .text = std::string(found->content)});
    const policy::SchemaLibrary library = policy::metaschema_library(embedded);
    const auto schema = policy::Schema::compile(text, library);
    if (!schema) return fail(ErrorCode::invalid, schema.error().front().message);
    const document::Document statement = document::parse_json({.path = file.name, .text = evidence::to_json(file.statement)});
    const std::vector<Diagnostic> misfits = schema->check(*statement.root(), file.name);
    if (misfits.empty()) return Finding{.what = "form", .holds = true, .text = "certificate/v1"};
    return Finding{.what = "form", .text = misfits.front().message};
  }

  /// The payload where the certificate says it was found, else at HEAD: a squash or a rebase keeps a payload under another commit.
  static std::optional<repository::ObjectId> commit_with(Workspace& workspace, const evidence::Certificate& certificate) {
    std::vector<repository::ObjectId> candidates = {{.hex = certificate.commit}};
    if (const auto head = workspace.head()) candidates.push_back(*head);
    for (const repository::ObjectId& commit : candidates) {
      const auto payload = workspace.payload_at(commit);
      if (payload && payload->digest() == certificate.payload) return commit;
    }
    return std::nullopt;
  }

  static Result<void> look_at_subjects(Workspace& workspace, const evidence::Certificate& certificate, std::vector<Finding>& findings) {
    const auto commit = commit_with(workspace, certificate);
    if (!commit) {
      findings.push_back({.what = "payload", .text = fmt::format("neither commit {} nor HEAD has payload {} here", certificate.commit.substr(0, 12), certificate.payload.short_hex())});
      return {};
    }
    findings.push_back({.what = "payload", .holds = true, .text = fmt::format("{} at commit {}", certificate.payload.short_hex(), commit->hex.substr(0, 12))});
    MOPS_ASSIGN(const model::Payload payload, workspace.payload_at(*commit));
    MOPS_ASSIGN(const model::Manifest manifest, workspace.manifest_at(*commit));
    if (manifest.name != certificate.model) findings.push_back({.what = "model", .text = fmt::format("found `{}`, mops.yaml says `{}`", certificate.model, manifest.name)});
    const auto in_payload = [&](const std::string& path) -> std::optional<Digest> {
      for (const model::PayloadFile& entry : payload.files)
        if (entry.path == path) return entry.digest;
      return std::nullopt;
    };
    std::map<std::string, Digest> locked;
    MOPS_ASSIGN(auto text, workspace.read_at(*commit, "mops.lock"));
    if (text) {
      MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(*text)})));
      for (const model::Artifact& artifact : lock.artifacts) locked.emplace(artifact.path, artifact.sha256);
    }
    const auto compare = [&](std::string_view what, const std::string& name, const Digest& said, const std::optional<Digest>& found, std::string_view where) {
      Finding finding{.what = std::string(what), .holds = found == said, .text = fmt::format("{} {}", name, said.short_hex())};
      if (!finding.holds) finding.text = fmt::format("`{}` is {} in {}, the certificate says {}", name, found ? found->short_hex() : "not there", where, said.short_hex());
      findings.push_back(std::move(finding));
    };
    compare("manifest", "mops.yaml", certificate.manifest, in_payload("mops.yaml"), "the payload");
    for (const evidence::Subject& artifact : certificate.artifacts) {
      const auto entry = locked.find(artifact.name);
      compare("artifact", artifact.name, artifact.sha256, entry == locked.end() ? std::nullopt : std::optional(entry->second), "mops.lock");
    }
    if (certificate.environment_lock)
      compare("environment", certificate.environment_lock->name, certificate.environment_lock->sha256, in_payload(certificate.environment_lock->name), "the payload");
    // A holdout set that git does not hold is fetched by whoever wants to measure again.
    if (const model::Dataset* dataset = manifest.find_dataset(certificate.dataset.name))
      if (const auto found = in_payload(dataset->path)) compare("data", dataset->path, certificate.dataset.sha256, found, "the payload");
    return {};
  }

  static void look_at_measurements(Env& env, const Workspace& workspace, const CertificateFile& file, std::vector<Finding>& findings) {
    if (!file.certificate.histogram) return;
    const evidence::FileReference& named = *file.certificate.histogram;
    auto text = env.files.read(workspace.folder() / named.path);
    // Beside a certificate that CI hands over as an artifact.
    if (!text) text = env.files.read(file.path.parent_path() / Path(named.path).filename());
    Finding finding{.what = "measurements", .holds = text && sha256(*text) == named.sha256, .text = named.sha256.short_hex()};
    if (!text) finding.text = fmt::format("`{}` is not there", named.path);
    else if (!finding.holds) finding.text = fmt::format("`{}` has sha256 {}, the certificate says {}", named.path, sha256(*text).short_hex(), named.sha256.short_hex());
    findings.push_back(std::move(finding));
  }

  void print(Env& env, const CertificateFile& file, const std::vector<Finding>& findings) const {
    const evidence::Certificate& certificate = file.certificate;
    const bool holds = std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.holds; });
    if (format_ == "json") {
      Value list = Value::list();
      for (const Finding& finding : findings) list.add(Value::map().set("what", finding.what).set("holds", finding.holds).set("text", finding.text));
      env.console.out(to_json(Value::map().set("format_version", 1).set("certificate", file.name).set("genuine", holds).set("model", certificate.model)
                                  .set("payload", certificate.payload.hex()).set("verdict", to_string(certificate.verdict)).set("findings", std::move(list)),
                              document::JsonLayout::indented));
      return;
    }
    for (const Finding& finding : findings) {
      const std::string mark = finding.holds ? env.console.paint_out(Colour::green, "holds") : env.console.paint_out(Colour::red, "FALSE");
      env.console.out(fmt::format("{:<13} {}  {}\n", finding.what, mark, visible(finding.text)));
    }
    env.console.out(holds ? fmt::format("\n{} is genuine: {} payload {} {}\n", file.name, visible(certificate.model), certificate.payload.short_hex(), to_string(certificate.verdict))
                          : fmt::format("\n{} is not to be believed\n", file.name));
  }

  std::optional<std::string> file_;
  std::optional<std::string> key_;
  std::string format_ = "text";
  std::string repository_;
};

}  // namespace

std::unique_ptr<Command> make_certificate_verify_command() { return std::make_unique<CertificateVerifyCommand>(); }

}  // namespace mops::cli
