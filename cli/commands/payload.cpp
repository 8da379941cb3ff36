#include "cli/commands/all.h"
#include "cli/workspace.h"

#include "document/value.h"

namespace mops::cli {
namespace {

class PayloadCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "payload",
            .summary = "print what runs and is measured, as `sha256sum` lines; their digest is the model's identity",
            .examples = {"mops payload", "mops payload | sha256sum", "mops payload --digest", "mops payload --work-tree"}};
  }

  std::vector<Option> options() override {
    return {{.name = "DIR", .help = "folder of the model (here)", .target = &directory_},
            {.name = "--work-tree", .help = "of the files as they are on the disk, instead of HEAD's", .target = &work_tree_},
            {.name = "--digest", .help = "print only the digest of the lines", .target = &digest_only_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, directory_));
    MOPS_ASSIGN(const model::Payload payload, workspace.payload(work_tree_ ? Side::work_tree : Side::commit));
    if (digest_only_) env.console.out(payload.digest().hex() + "\n");
    else if (format_ == "json") env.console.out(json(payload));
    else env.console.out(payload.lines());
    return ExitCode::done;
  }

 private:
  static std::string json(const model::Payload& payload) {
    using document::Value;
    Value files = Value::list();
    for (const model::PayloadFile& file : payload.files)
      files.add(Value::map().set("path", file.path).set("sha256", file.digest.hex()).set("size", file.size).set("executable", file.executable));
    return to_json(Value::map().set("format_version", 1).set("digest", payload.digest().hex()).set("files", std::move(files)),
                   document::JsonLayout::indented);
  }

  std::string directory_;
  bool work_tree_ = false;
  bool digest_only_ = false;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_payload_command() { return std::make_unique<PayloadCommand>(); }

}  // namespace mops::cli
