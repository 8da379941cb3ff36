#include "cli/completion.h"

#include "base/text.h"
#include "cli/man_page.h"
#include "cli/parser.h"

namespace mops::cli {
namespace {

using Commands = std::span<const std::unique_ptr<Command>>;

/// What may stand for a value.
struct Values {
  enum class Kind { anything, words, files, folders };
  Kind kind = Kind::anything;
  std::vector<std::string> words = {};
};

Values values_of(const Option& option, Commands commands) {
  using enum Values::Kind;
  const std::string& name = option.is_positional() ? option.name : option.value;
  if (!option.choices.empty()) return {.kind = words, .words = option.choices};
  if (name == "FILE" || name == "PATH" || name == "COMMAND") return {.kind = files};
  if (name == "DIR") return {.kind = folders};
  if (name != "VERB") return {};
  Values verbs{.kind = words};
  for (const auto& command : commands) verbs.words.push_back(page_name(command->text().name).substr(std::string_view("mops-").size()));
  return verbs;
}

/// A first word, and the second words that may follow it (none: it is a verb by itself).
struct FirstWord {
  std::string word;
  std::string help;
  std::vector<std::pair<std::string, std::string>> second = {};  ///< with its help
};

std::vector<FirstWord> first_words(Commands commands) {
  std::vector<FirstWord> out;
  for (const auto& command : commands) {
    const CommandText text = command->text();
    const std::vector<std::string_view> words = split(text.name, ' ');
    auto found = std::find_if(out.begin(), out.end(), [&](const FirstWord& first) { return first.word == words.front(); });
    if (found == out.end()) found = out.insert(out.end(), {.word = std::string(words.front()), .help = text.summary});
    if (words.size() == 2) found->second.emplace_back(words[1], text.summary);
  }
  out.push_back({.word = "help", .help = "explain a verb by example"});
  return out;
}

std::string words_of(const std::vector<FirstWord>& first) {
  std::string out;
  for (const FirstWord& word : first) out += word.word + " ";
  return out + "--help --version --verbose";
}

std::vector<Option> all_options(Command& command) {
  std::vector<Option> options = command.options();
  for (Option& option : common_options()) options.push_back(std::move(option));
  return options;
}

bool takes_many(const Option& option) { return std::holds_alternative<std::vector<std::string>*>(option.target); }

std::string bash_action(const Values& values) {
  switch (values.kind) {
    case Values::Kind::words: return fmt::format("_mops_offer -W '{}'", fmt::join(values.words, " "));
    case Values::Kind::files: return "_mops_offer_paths -f";
    case Values::Kind::folders: return "_mops_offer_paths -d";
    case Values::Kind::anything: break;
  }
  return ":";
}

std::string zsh_quoted(std::string_view text) {
  std::string out;
  for (const char c : replace_all(text, "`", "")) {
    if (c == '\'') out += "'\\''";
    else if (std::string_view("[]:\\").find(c) != std::string_view::npos) out += std::string("\\") + c;
    else out += c;
  }
  return out;
}

std::string zsh_action(const Values& values) {
  switch (values.kind) {
    case Values::Kind::words: return fmt::format("({})", fmt::join(values.words, " "));
    case Values::Kind::files: return "_files";
    case Values::Kind::folders: return "_directories";
    case Values::Kind::anything: break;
  }
  return " ";
}

std::string zsh_specification(const Option& option, Commands commands, size_t& position) {
  const std::string shown = zsh_quoted(option.is_positional() ? option.name : option.value);
  const std::string action = zsh_action(values_of(option, commands));
  if (option.is_positional() && takes_many(option)) return fmt::format("'*:{}:{}'", shown, action);
  if (option.is_positional()) return fmt::format("'{}:{}{}:{}'", ++position, option.presence == Presence::required ? "" : ":", shown, action);
  const std::vector<std::string_view> names = split(option.name, ',');
  const std::string help = fmt::format("[{}]", zsh_quoted(option.help));
  std::string out;
  for (const std::string_view name : names) {
    const bool is_long = name.starts_with("--");
    const std::string_view joined = option.is_flag() ? "" : is_long ? "=" : "+";
    const std::string value = option.is_flag() ? std::string() : fmt::format(":{}:{}", shown, action);
    const std::string once = takes_many(option) ? "*" : names.size() > 1 ? fmt::format("({})", fmt::join(names, " ")) : "";
    out += fmt::format("{}'{}{}{}{}{}'", out.empty() ? "" : " ", once, name, joined, help, value);
  }
  return out;
}

std::string fish_quoted(std::string_view text) {
  return "'" + replace_all(replace_all(replace_all(text, "`", ""), "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_values(const Values& values, std::string_view exclusive) {
  switch (values.kind) {
    case Values::Kind::words: return fmt::format("{} -a '{}'", exclusive, fmt::join(values.words, " "));
    case Values::Kind::files: return exclusive.empty() ? "-F" : "-r -F";
    case Values::Kind::folders: return fmt::format("{} -a '(__fish_complete_directories)'", exclusive);
    case Values::Kind::anything: break;
  }
  return std::string(exclusive);
}

}  // namespace

std::string bash_completion(Commands commands) {
  const std::vector<FirstWord> first = first_words(commands);
  std::string out =
      "# bash completion of mops, printed by `mops completion bash`\n\n"
      "_mops_offer() { mapfile -t COMPREPLY < <(compgen \"$@\" -- \"$current\"); }\n"
      "_mops_offer_paths() { compopt -o filenames 2>/dev/null; _mops_offer \"$@\"; }\n\n"
      "_mops() {\n"
      "    local current=${COMP_WORDS[COMP_CWORD]} previous verb word first=1\n"
      "    COMPREPLY=()\n"
      "    while (( first < COMP_CWORD )) && [[ ${COMP_WORDS[first]} == @(-v|--verbose|help) ]]; do (( ++first )); done\n"
      "    if (( COMP_CWORD == first )); then\n";
  out += fmt::format("        _mops_offer -W '{}'\n        return\n    fi\n    verb=${{COMP_WORDS[first]}}\n    case $verb in\n", words_of(first));
  for (const FirstWord& word : first) {
    if (word.second.empty()) continue;
    std::vector<std::string> seconds;
    for (const auto& [second, help] : word.second) seconds.push_back(second);
    out += fmt::format("    {})\n        if (( COMP_CWORD == first + 1 )); then _mops_offer -W '{}'; return; fi\n", word.word, fmt::join(seconds, " "));
    out += "        verb+=\" ${COMP_WORDS[++first]}\" ;;\n";
  }
  out += "    esac\n"
         "    for word in \"${COMP_WORDS[@]:first:COMP_CWORD-first}\"; do\n"
         "        if [[ $word == -- ]]; then _mops_offer_paths -f; return; fi\n"
         "    done\n"
         "    # readline parts `--option=value` into three words\n"
         "    previous=${COMP_WORDS[COMP_CWORD-1]}\n"
         "    if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "    case \"$verb $previous\" in\n";
  std::string options_of_verbs;
  std::string positionals_of_verbs;
  for (const auto& command : commands) {
    const std::string verb = command->text().name;
    std::string names;
    std::string positional;
    for (const Option& option : all_options(*command)) {
      const std::string action = bash_action(values_of(option, commands));
      if (option.is_positional()) {
        if (positional.empty() && action != ":") positional = action;
        continue;
      }
      std::string patterns;
      for (const std::string_view name : split(option.name, ',')) {
        names += fmt::format("{}{}", names.empty() ? "" : " ", name);
        patterns += fmt::format("{}'{} {}'", patterns.empty() ? "" : " | ", verb, name);
      }
      if (!option.is_flag()) out += fmt::format("    {}) {}; return ;;\n", patterns, action);
    }
    options_of_verbs += fmt::format("        '{}') _mops_offer -W '{}' ;;\n", verb, names);
    if (!positional.empty()) positionals_of_verbs += fmt::format("    '{}') {} ;;\n", verb, positional);
  }
  out += "    esac\n    if [[ $current == -* ]]; then\n        case $verb in\n" + options_of_verbs + "        esac\n        return\n    fi\n";
  return out + "    case $verb in\n" + positionals_of_verbs + "    esac\n}\n\ncomplete -F _mops mops\n";
}

std::string zsh_completion(Commands commands) {
  const std::vector<FirstWord> first = first_words(commands);
  std::string out =
      "#compdef mops\n# zsh completion of mops, printed by `mops completion zsh`\n\n"
      "_mops() {\n"
      "    local curcontext=\"$curcontext\" verb\n"
      "    local -a verbs\n"
      "    while (( CURRENT > 2 )) && [[ $words[2] == (-v|--verbose|help) ]]; do shift words; (( CURRENT-- )); done\n"
      "    if (( CURRENT == 2 )); then\n"
      "        if [[ $words[2] == -* ]]; then compadd -- --help --version --verbose; return; fi\n"
      "        verbs=(\n";
  for (const FirstWord& word : first) out += fmt::format("            '{}:{}'\n", word.word, zsh_quoted(word.help));
  out += "        )\n        _describe -t verbs verb verbs\n        return\n    fi\n    shift words; (( CURRENT-- ))\n    verb=$words[1]\n    case $verb in\n";
  for (const FirstWord& word : first) {
    if (word.second.empty()) continue;
    out += fmt::format("    ({})\n        if (( CURRENT == 2 )); then\n            verbs=(\n", word.word);
    for (const auto& [second, help] : word.second) out += fmt::format("                '{}:{}'\n", second, zsh_quoted(help));
    out += "            )\n            _describe -t verbs verb verbs\n            return\n        fi\n"
           "        shift words; (( CURRENT-- ))\n        verb+=\" $words[1]\" ;;\n";
  }
  out += "    esac\n    case $verb in\n";
  for (const auto& command : commands) {
    out += fmt::format("    ('{}')\n        _arguments", command->text().name);
    size_t position = 0;
    for (const Option& option : all_options(*command)) out += " \\\n            " + zsh_specification(option, commands, position);
    out += " ;;\n";
  }
  return out + "    esac\n}\n\nif [[ $funcstack[1] == _mops ]]; then _mops \"$@\"; else compdef _mops mops; fi\n";
}

std::string fish_completion(Commands commands) {
  std::string out =
      "# fish completion of mops, printed by `mops completion fish`\n\n"
      "function __mops_words\n"
      "    set -l words (commandline -opc)\n"
      "    set -e words[1]\n"
      "    while set -q words[1]; and contains -- $words[1] -v --verbose help\n"
      "        set -e words[1]\n"
      "    end\n"
      "    set -q words[1]; and printf '%s\\n' $words\n"
      "end\n\n"
      "# The words before the cursor are exactly these.\n"
      "function __mops_stands_at\n"
      "    set -l words (__mops_words)\n"
      "    test \"$words\" = \"$argv\"\n"
      "end\n\n"
      "# They begin with these.\n"
      "function __mops_stands_after\n"
      "    set -l words (__mops_words)\n"
      "    set -l count (count $argv)\n"
      "    test (count $words) -ge $count; and test \"$words[1..$count]\" = \"$argv\"\n"
      "end\n\n"
      "complete -c mops -f\n";
  for (const FirstWord& word : first_words(commands)) {
    out += fmt::format("complete -c mops -n __mops_stands_at -a {} -d {}\n", word.word, fish_quoted(word.help));
    for (const auto& [second, help] : word.second)
      out += fmt::format("complete -c mops -n '__mops_stands_at {}' -a {} -d {}\n", word.word, second, fish_quoted(help));
  }
  out += "complete -c mops -n __mops_stands_at -l version -d 'show the version'\n";
  for (const auto& command : commands) {
    const std::string verb = command->text().name;
    for (const Option& option : all_options(*command)) {
      const Values values = values_of(option, commands);
      const std::string begin = fmt::format("complete -c mops -n '__mops_stands_after {}'", verb);
      if (option.is_positional()) {
        if (values.kind != Values::Kind::anything) out += fmt::format("{} {}\n", begin, trim(fish_values(values, "")));
        continue;
      }
      std::string names;
      for (const std::string_view name : split(option.name, ','))
        names += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
      const std::string value = option.is_flag() ? std::string() : " " + fish_values(values, "-x");
      out += fmt::format("{}{} -d {}{}\n", begin, names, fish_quoted(option.help), value);
    }
  }
  return out;
}

}  // namespace mops::cli
