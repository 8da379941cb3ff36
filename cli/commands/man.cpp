#include "base/embedded_file.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/man_page.h"

namespace mops::cli {
namespace {

class ManCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "man",
            .summary = "print the man page of a verb, as it is written for `man`",
            .examples = {"mops man certify | man -l -", "mops man notes draft", "mops man upgrade-and-downgrade | man -l -", "mops man --check man", "mops man --update man"}};
  }

  std::vector<Option> options() override {
    return {{.name = "VERB", .help = "the verb; without one, the page of mops itself", .target = &words_},
            {.name = "--check", .value = "DIR", .help = "hold the pages in this folder against the program, and name those that differ", .target = &check_},
            {.name = "--update", .value = "DIR", .help = "write the generated parts of the pages in this folder anew, and pages that are missing", .target = &update_}};
  }

  Result<ExitCode> run(Env& env) override {
    if (check_.has_value() + update_.has_value() + !words_.empty() > 1)
      return fail(ErrorCode::usage, "`mops man` does one thing at a time", "give a verb, or `--check DIR`, or `--update DIR`");
    const auto commands = make_commands();
    const std::vector<ManPage> pages = man_pages(commands, env.clock.now());
    if (check_) return check(env, pages);
    return update_ ? update(env, pages) : print(env, pages);
  }

 private:
  Result<ExitCode> print(Env& env, const std::vector<ManPage>& pages) const {
    const std::string name = words_.empty() ? "mops" : page_name(join(words_, "-"));
    // Pages about more than one verb have nothing generated.
    for (const EmbeddedFile& file : embedded::man()) {
      if (file.path != name + ".7") continue;
      env.console.out(file.content);
      return ExitCode::done;
    }
    const auto page = std::find_if(pages.begin(), pages.end(), [&](const ManPage& p) { return p.file == name + ".1"; });
    if (page == pages.end()) {
      std::vector<std::string> names;
      for (const ManPage& p : pages) names.push_back(p.file.substr(0, p.file.size() - 2));
      const auto near = nearest(name, names);
      return fail(ErrorCode::not_found, fmt::format("there is no page of `{}`", join(words_, " ")),
                  near ? fmt::format("did you mean `mops man {}`?", near->substr(std::min(near->size(), std::string_view("mops-").size()))) : "`mops help` lists the verbs");
    }
    std::string_view text = page->skeleton;
    for (const EmbeddedFile& file : embedded::man())
      if (file.path == page->file) text = file.content;
    MOPS_ASSIGN(const std::string whole, with_blocks(page->file, text, *page));
    env.console.out(whole);
    return ExitCode::done;
  }

  Result<ExitCode> check(Env& env, const std::vector<ManPage>& pages) const {
    MOPS_ASSIGN(const std::vector<DirectoryEntry> entries, env.files.list(env.folder / *check_));
    std::vector<std::string> findings;
    for (const ManPage& page : pages) {
      const std::string shown = (Path(*check_) / page.file).string();
      const auto text = env.files.read(env.folder / *check_ / page.file);
      if (!text && text.error().code != ErrorCode::not_found) return fail(text.error());
      if (!text) {
        findings.push_back(shown + ": the page is missing");
      } else if (const auto wanted = with_blocks(shown, *text, page); !wanted) {
        findings.push_back(wanted.error().message);
      } else if (*wanted != *text) {
        findings.push_back(shown + ": the generated part is out of date");
      }
    }
    for (const DirectoryEntry& entry : entries) {
      const bool is_ours = entry.name.starts_with("mops") && entry.name.ends_with(".1");
      if (is_ours && std::none_of(pages.begin(), pages.end(), [&](const ManPage& page) { return page.file == entry.name; }))
        findings.push_back((Path(*check_) / entry.name).string() + ": no verb has this page");
    }
    for (const std::string& finding : findings) env.console.out(finding + "\n");
    if (findings.empty()) return ExitCode::done;
    env.console.err(fmt::format("next: mops man --update {}\n", *check_));
    return ExitCode::answer_is_no;
  }

  Result<ExitCode> update(Env& env, const std::vector<ManPage>& pages) const {
    const Path folder = env.folder / *update_;
    MOPS_TRY(env.files.make_directories(folder));
    for (const ManPage& page : pages) {
      const std::string shown = (Path(*update_) / page.file).string();
      const auto text = env.files.read(folder / page.file);
      if (!text && text.error().code != ErrorCode::not_found) return fail(text.error());
      MOPS_ASSIGN(const std::string wanted, with_blocks(shown, text ? *text : page.skeleton, page));
      if (text && *text == wanted) continue;
      MOPS_TRY(env.files.write(folder / page.file, wanted));
      env.console.out(fmt::format("{} {}\n", text ? "updated" : "began", shown));
    }
    return ExitCode::done;
  }

  std::vector<std::string> words_;
  std::optional<std::string> check_;
  std::optional<std::string> update_;
};

}  // namespace

std::unique_ptr<Command> make_man_command() { return std::make_unique<ManCommand>(); }

}  // namespace mops::cli
