#include "target/environment.h"

#include "base/text.h"
#include "document/reader.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace mops::target {
namespace {

using document::Field;

std::vector<std::vector<std::string>> read_commands(const Field& list) {
  std::vector<std::vector<std::string>> commands;
  for (const Field& item : list.items()) {
    std::vector<std::string> command = item.texts();
    if (command.empty()) item.refuse("found an empty command, expected a program and its arguments");
    commands.push_back(std::move(command));
  }
  return commands;
}

/// Length before content, so that no two lists of words run into the same text.
void add_word(Sha256& hash, std::string_view word) {
  hash.update(fmt::format("{}:", word.size()));
  hash.update(word);
}

}  // namespace

Result<Environment> read_environment(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("environment", 1);
  Environment environment{.name = root.at("name").text(),
                          .language = root.maybe("language").text(),
                          .description = root.maybe("description").text(),
                          .lock_files = root.maybe("lock_files").texts(),
                          .interpreter = root.maybe("interpreter").texts(),
                          .create = read_commands(root.maybe("create")),
                          .path = root.maybe("path").texts(),
                          .variables = root.maybe("variables").text_map(),
                          .network = root.maybe("network").texts(),
                          .help = root.maybe("help").text()};
  if (const Field expires = root.maybe("expires"); expires.present()) {
    const auto time = parse_time(expires.text(), DateMeans::end_of_day);
    if (time) environment.expires = *time;
    else expires.refuse(time.error().message, time.error().help);
  }
  return reader.finish(std::move(environment));
}

std::string platform_name() {
  utsname names{};
  ::uname(&names);
  std::string libc(64, '\0');
  const size_t length = ::confstr(_CS_GNU_LIBC_VERSION, libc.data(), libc.size());
  libc.resize(length == 0 ? 0 : std::min(length, libc.size()) - 1);
  return fmt::format("{} {}", names.machine, libc.empty() ? "unknown libc" : libc);
}

Digest environment_key(const Environment& environment, const std::optional<Digest>& lock, std::string_view interpreter,
                       std::string_view platform) {
  Sha256 hash;
  add_word(hash, "environment-key/v1");
  add_word(hash, lock ? lock->hex() : "");
  add_word(hash, interpreter);
  add_word(hash, platform);
  for (const auto& command : environment.create) {
    add_word(hash, "create");
    for (const std::string& word : command) add_word(hash, word);
  }
  return hash.finish();
}

Variables run_variables(const Environment& environment, const Path& prefix, const Variables& base) {
  Variables variables = base;
  std::string path;
  for (const std::string& folder : environment.path) path += replace_all(folder, "{prefix}", prefix.string()) + ":";
  if (!path.empty()) variables.set("PATH", path + base.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin"));
  for (const auto& [name, value] : environment.variables) variables.set(name, replace_all(value, "{prefix}", prefix.string()));
  return variables;
}

}  // namespace mops::target
