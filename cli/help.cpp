#include "base/text.h"
#include "cli/parser.h"

namespace mops::cli {
namespace {

constexpr size_t k_option_column = 32;

std::string option_words(const Option& option) {
  std::string words = replace_all(option.name, ",", ", ");
  if (!option.value.empty()) words += " " + option.value;
  return words;
}

std::string wrapped(std::string_view text, size_t indent, size_t width) {
  std::string out;
  size_t column = indent;
  for (const std::string_view word : split(text, ' ')) {
    const size_t length = display_width(word);
    if (column > indent && column + 1 + length > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
  }
  return out;
}

std::string option_line(const std::string& words, const std::string& help) {
  std::string line = "  " + words;
  if (line.size() + 2 > k_option_column) line += "\n" + std::string(k_option_column, ' ');
  else line += std::string(k_option_column - line.size(), ' ');
  return line + wrapped(help, k_option_column, 100) + "\n";
}

std::string full_help(const Option& option) {
  std::string help = option.help;
  if (!option.choices.empty()) help += fmt::format(" ({})", fmt::join(option.choices, ", "));
  return help;
}

}  // namespace

std::string usage_of(Command& command) {
  std::string usage = "mops " + command.text().name + " [OPTIONS]";
  for (const Option& option : command.options()) {
    const bool required = option.presence == Presence::required;
    if (option.is_positional()) {
      const bool many = std::holds_alternative<std::vector<std::string>*>(option.target);
      const std::string word = many ? option.name + "..." : option.name;
      usage += required ? " " + word : " [" + word + "]";
    } else if (required) {
      usage += fmt::format(" {} {}", split(option.name, ',').front(), option.value);
    }
  }
  return usage;
}

std::vector<Option> common_options() {
  bool* const flag = nullptr;
  std::string* const word = nullptr;
  return {{.name = "--color", .value = "WHEN", .help = "when to use colours", .target = word, .choices = {"auto", "always", "never"}},
          {.name = "-v,--verbose", .help = "tell every request that is sent to a platform or model", .target = flag},
          {.name = "-h,--help", .help = "show this text", .target = flag}};
}

std::string help_of(Command& command) {
  const CommandText text = command.text();
  std::string out = fmt::format("{}\n\nUsage: {}\n", text.summary, usage_of(command));
  if (!text.examples.empty()) out += "\nExamples:\n";
  for (const std::string& example : text.examples) out += "  " + example + "\n";
  std::string positionals;
  std::string options;
  for (const Option& option : command.options())
    (option.is_positional() ? positionals : options) += option_line(option_words(option), full_help(option));
  if (!positionals.empty()) out += "\nArguments:\n" + positionals;
  for (const Option& option : common_options()) options += option_line(option_words(option), full_help(option));
  out += "\nOptions:\n" + options;
  std::string page = text.name;
  std::replace(page.begin(), page.end(), ' ', '-');
  out += fmt::format("\nExit codes: 0 done, 1 the answer is no, 2 usage or configuration, 3 the outside failed, 130 interrupted.\n"
                     "More: man mops-{}\n", page);
  return out;
}

std::string help_of_all(std::span<const std::unique_ptr<Command>> commands) {
  std::string out =
      "mops carries a model from a laptop to served versions, and back again.\n\n"
      "Usage: mops VERB [OPTIONS] [ARGUMENTS]\n\n"
      "The way of a model:\n"
      "  mops new churn --language python --task binary-classification\n"
      "  cd churn && mops check && mops certify\n"
      "  mops release 0.1.0\n"
      "  mops up -d && mops promote churn@0.1.0 -m \"first version\"\n"
      "  mops rollback churn -m \"answers look wrong\"\n\n"
      "Verbs:\n";
  size_t longest = 0;
  for (const auto& command : commands) longest = std::max(longest, command->text().name.size());
  for (const auto& command : commands) {
    const CommandText text = command->text();
    out += fmt::format("  {:<{}}  {}\n", text.name, longest, text.summary);
  }
  out += "\n`mops VERB --help` explains a verb by example, `man mops` the whole.\n";
  return out;
}

}  // namespace mops::cli
