#include "cli/parser.h"

#include "base/text.h"
#include "base/version.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

namespace mops::cli {
namespace {

void add_option(CLI::App& app, Option& option) {
  CLI::Option* added = std::visit(
      [&](auto* target) -> CLI::Option* {
        using Target = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Target, bool>) {
          return app.add_flag(option.name, *target, option.help);
        } else if constexpr (std::is_same_v<Target, std::optional<std::string>>) {
          return app.add_option_function<std::string>(option.name, [target](const std::string& word) { *target = word; }, option.help);
        } else if constexpr (std::is_same_v<Target, std::optional<double>>) {
          return app.add_option_function<double>(option.name, [target](const double& number) { *target = number; }, option.help);
        } else if constexpr (std::is_same_v<Target, std::vector<std::string>>) {
          CLI::Option* many = app.add_option(option.name, *target, option.help);
          if (!option.is_positional()) many->take_all()->expected(1);
          return many;
        } else {
          return app.add_option(option.name, *target, option.help);
        }
      },
      option.target);
  if (option.presence == Presence::required) added->required();
  if (option.choices.empty()) return;
  added->check([&option](const std::string& word) -> std::string {
    if (std::find(option.choices.begin(), option.choices.end(), word) != option.choices.end()) return {};
    const auto near = nearest(word, option.choices);
    return fmt::format("found `{}`, expected {}{}", word, quoted_list(option.choices, "or"), near ? fmt::format(" (did you mean `{}`?)", *near) : "");
  });
}

std::vector<std::string> long_names(std::vector<Option>& options) {
  std::vector<std::string> names = {"--help", "--color", "--verbose"};
  for (const Option& option : options)
    for (const std::string_view part : split(option.name, ','))
      if (part.starts_with("--")) names.emplace_back(part);
  return names;
}

/// The words in the house's style: CLI11 lists unknown words in reverse and knows no "did you mean".
Error usage_error(const CLI::Error& error, const CLI::App& app, Command& command, std::vector<Option>& options) {
  const std::string verb = command.text().name;
  const std::string help = fmt::format("`mops {} --help` shows what it takes", verb);
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    const std::vector<std::string> extras = app.remaining(true);
    const std::string word = extras.empty() ? std::string("?") : extras.front();
    if (!word.starts_with('-'))
      return {.code = ErrorCode::usage, .message = fmt::format("`{}` is one word too many for `mops {}`", word, verb), .help = help};
    const std::string name(split(word, '=').front());
    const auto near = nearest(name, long_names(options));
    return {.code = ErrorCode::usage,
            .message = fmt::format("`mops {}` has no option `{}`", verb, name),
            .help = near ? fmt::format("did you mean `{}`?", *near) : help};
  }
  for (const Option& option : options) {
    if (option.presence != Presence::required || app.get_option(std::string(split(option.name, ',').back()))->count() > 0) continue;
    const std::string shown = option.is_positional() ? option.name : fmt::format("{} {}", split(option.name, ',').back(), option.value);
    return {.code = ErrorCode::usage, .message = fmt::format("`mops {}` needs `{}`: {}", verb, shown, option.help), .help = help};
  }
  std::string text = error.what();
  const bool is_sentence = text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0;
  if (is_sentence) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return {.code = ErrorCode::usage, .message = fmt::format("`mops {}`: {}", verb, text), .help = help};
}

/// The verb whose name is the longest run of words at the front of `words`; verbs may have two words.
Command* find_command(std::span<const std::string> words, std::span<const std::unique_ptr<Command>> commands, size_t& used) {
  for (size_t count = std::min<size_t>(2, words.size()); count > 0; --count) {
    const std::string name = join(words.first(count), " ");
    for (const auto& command : commands) {
      if (command->text().name != name) continue;
      used = count;
      return command.get();
    }
  }
  return nullptr;
}

Error unknown_verb(std::span<const std::string> words, std::span<const std::unique_ptr<Command>> commands) {
  std::vector<std::string> names;
  std::vector<std::string> second_words;
  for (const auto& command : commands) {
    const std::string name = command->text().name;
    names.push_back(name);
    if (name.starts_with(words.front() + " ")) second_words.push_back(name);
  }
  if (!second_words.empty())
    return {.code = ErrorCode::usage, .message = fmt::format("`mops {}` needs a second word", words.front()),
            .help = fmt::format("type `mops {}`", fmt::join(second_words, "` or `mops "))};
  const auto near = nearest(words.front(), names);
  return {.code = ErrorCode::usage, .message = fmt::format("`{}` is not a verb of mops", words.front()),
          .help = near ? fmt::format("did you mean `mops {}`?", *near) : "`mops help` lists the verbs"};
}

}  // namespace

Result<Selection> parse_arguments(std::span<const std::string> arguments, std::span<const std::unique_ptr<Command>> commands) {
  Selection selection;
  while (!arguments.empty() && (arguments.front() == "-v" || arguments.front() == "--verbose")) {
    selection.verbose = true;
    arguments = arguments.subspan(1);
  }
  if (arguments.empty() || arguments.front() == "--help" || arguments.front() == "-h" || arguments.front() == "help") {
    size_t used = 0;
    Command* about = arguments.size() > 1 ? find_command(arguments.subspan(1), commands, used) : nullptr;
    if (about == nullptr && arguments.size() > 1) return fail(unknown_verb(arguments.subspan(1), commands));
    selection.print = about != nullptr ? help_of(*about) : help_of_all(commands);
    return selection;
  }
  if (arguments.front() == "--version") {
    selection.print = fmt::format("mops {}\n", program_version());
    return selection;
  }
  if (arguments.front().starts_with('-'))
    return fail(ErrorCode::usage, fmt::format("mops has no option `{}` before the verb", arguments.front()), "`mops help` lists the verbs");

  size_t used = 0;
  Command* command = find_command(arguments, commands, used);
  if (command == nullptr) return fail(unknown_verb(arguments, commands));

  // Asked for before anything is parsed, so that `mops promote --help` works without the words that promote requires.
  const auto words = arguments.subspan(used);
  const auto end = std::find(words.begin(), words.end(), "--");
  if (std::find_if(words.begin(), end, [](const auto& word) { return word == "--help" || word == "-h"; }) != end) {
    selection.print = help_of(*command);
    return selection;
  }

  CLI::App app;
  app.set_help_flag();
  std::vector<Option> options = command->options();
  for (Option& option : options) add_option(app, option);
  app.add_option("--color", selection.colours)->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("-v,--verbose", selection.verbose);
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::Error& error) {
    return fail(usage_error(error, app, *command, options));
  }
  selection.command = command;
  return selection;
}

}  // namespace mops::cli
