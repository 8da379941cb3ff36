#include "cli/man_page.h"

#include "base/text.h"
#include "cli/parser.h"

#include <array>

namespace mops::cli {
namespace {

constexpr std::string_view k_begin = ".\\\" generated: ";
constexpr std::string_view k_end = ".\\\" end generated";

/// Bytes of roff that print `text` as it is.
std::string escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\\') {
      out += "\\e";
    } else if (byte < 0x80) {
      out += text[i];
    } else {
      const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      uint32_t code = byte & (0x3Fu >> more);
      for (int n = 0; n < more && i + 1 < text.size(); ++n) code = code << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
      out += fmt::format("\\[u{:04X}]", code);
    }
  }
  return out;
}

/// One argument of a macro line. Without `\&`, a word such as `No` would itself be called as a macro.
std::string argument(std::string_view text) {
  std::string word = replace_all(replace_all(escaped(text), "\"", "\\(dq"), "-", "\\-");
  const bool may_be_macro = (word.size() == 2 || word.size() == 3) && word[0] >= 'A' && word[0] <= 'Z' && word[1] >= 'a' && word[1] <= 'z';
  if (may_be_macro) word.insert(0, "\\&");
  return word.find(' ') == std::string::npos ? word : "\"" + word + "\"";
}

bool is_closing(char c) { return std::string_view(".,;:)]?!").find(c) != std::string_view::npos; }

/// A help text as mdoc: what is in backticks becomes `.Ql`, delimiters stick to it, and it ends in a full stop.
std::string sentence(std::string_view help) {
  std::string text(help);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  text += '.';
  const std::vector<std::string_view> parts = split(text, '`');
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    std::string_view part = parts[i];
    if (i % 2 == 1) {
      std::string line = ".Ql ";
      if (out.ends_with("(\n")) {
        out.resize(out.size() - 2);
        while (out.ends_with(' ')) out.pop_back();
        if (!out.empty() && !out.ends_with('\n')) out += '\n';
        line += "( ";
      }
      out += line + argument(part) + "\n";
      continue;
    }
    if (i > 0) {
      std::string closing;
      for (; !part.empty() && is_closing(part.front()); part.remove_prefix(1)) closing += fmt::format(" {}", part.front());
      out.insert(out.size() - 1, closing);
    }
    part = trim(part);
    if (part.empty()) continue;
    if (part.starts_with('.') || part.starts_with('\'')) out += "\\&";
    out += escaped(part) + "\n";
  }
  return out;
}

std::string choices_sentence(const std::vector<std::string>& choices) {
  std::string out = "One of\n";
  for (size_t i = 0; i < choices.size(); ++i) {
    const size_t left = choices.size() - i;
    if (left == 1 && i > 0) out += "or\n";
    out += fmt::format(".Ql {}{}\n", argument(choices[i]), left == 1 ? " ." : left > 2 ? " ," : "");
  }
  return out;
}

/// `Fl -format Ar FORMAT`, `Ar NAME`. A name `--x` is the flag `-x`, as `Fl` prints the first dash.
std::string flag(std::string_view name) { return "Fl " + argument(name.substr(1)); }

std::string value_of(const Option& option) { return option.value.empty() ? std::string() : " Ar " + argument(option.value); }

bool takes_many(const Option& option) { return std::holds_alternative<std::vector<std::string>*>(option.target); }

std::string positional(const Option& option) { return "Ar " + argument(option.name) + (takes_many(option) ? " ..." : ""); }

std::string synopsis_of(Command& command) {
  std::string options;
  std::string positionals;
  for (const Option& option : command.options()) {
    const bool required = option.presence == Presence::required;
    const std::string words = option.is_positional() ? positional(option) : flag(split(option.name, ',').front()) + value_of(option);
    (option.is_positional() ? positionals : options) += (required ? "." : ".Op ") + words + "\n";
  }
  return fmt::format(".Nm mops {}\n", command.text().name) + options + positionals;
}

std::string item_of(const Option& option) {
  std::string head;
  if (option.is_positional()) {
    head = positional(option);
  } else {
    for (const std::string_view name : split(option.name, ',')) head += (head.empty() ? "" : " , ") + flag(name);
    head += value_of(option);
  }
  return ".It " + head + "\n" + sentence(option.help) + (option.choices.empty() ? "" : choices_sentence(option.choices));
}

std::string options_of(Command& command) {
  std::string options;
  std::string positionals;
  for (const Option& option : command.options()) (option.is_positional() ? positionals : options) += item_of(option);
  for (const Option& option : common_options()) options += item_of(option);
  return ".Bl -tag -width Ds\n" + positionals + options + ".El\n";
}

std::string verbs_of(std::span<const std::unique_ptr<Command>> commands) {
  std::string out = ".Bl -tag -width Ds\n";
  for (const auto& command : commands) out += fmt::format(".It Xr {} 1\n{}", page_name(command->text().name), sentence(command->text().summary));
  return out + ".El\n";
}

std::string block(std::string_view name) { return fmt::format("{}{}\n{}\n", k_begin, name, k_end); }

/// `November 23, 2026`, as `.Dd` wants it.
std::string date_of(SystemTime time) {
  constexpr std::array k_months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{} {}, {}", k_months[static_cast<unsigned>(day.month()) - 1], static_cast<unsigned>(day.day()), static_cast<int>(day.year()));
}

std::string heading(std::string_view name, std::string_view summary, SystemTime today) {
  std::string title(name);
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format(".Dd {}\n.Dt {} 1\n.Os mops\n.Sh NAME\n.Nm {}\n.Nd {}\n.Sh SYNOPSIS\n", date_of(today), title, name, escaped(summary));
}

constexpr std::string_view k_exit_status =
    ".Sh EXIT STATUS\n.Bl -tag -width 130 -compact\n.It 0\nDone.\n.It 1\nThe answer is no.\n.It 2\n"
    "The command line or a file cannot be used.\n.It 3\nThe outside failed: disk, process, network.\n.It 130\nInterrupted.\n.El\n";

std::string skeleton_of(Command& command, SystemTime today) {
  const CommandText text = command.text();
  std::string page = heading(page_name(text.name), text.summary, today) + block("synopsis") + ".Sh DESCRIPTION\n" + sentence(text.summary) + ".Sh OPTIONS\n" +
                     block("options");
  page += k_exit_status;
  if (!text.examples.empty()) page += ".Sh EXAMPLES\n.Bd -literal -offset indent\n";
  for (const std::string& example : text.examples) page += replace_all(escaped(example), "-", "\\-") + "\n";
  if (!text.examples.empty()) page += ".Ed\n";
  return page + ".Sh SEE ALSO\n.Xr mops 1\n";
}

}  // namespace

std::string page_name(std::string_view verb) { return "mops-" + replace_all(verb, " ", "-"); }

std::vector<ManPage> man_pages(std::span<const std::unique_ptr<Command>> commands, SystemTime today) {
  std::vector<ManPage> pages;
  pages.push_back({.file = "mops.1",
                   .blocks = {{"verbs", verbs_of(commands)}},
                   .skeleton = heading("mops", "carry a model from a laptop to served versions, and back again", today) +
                               ".Nm mops\n.Ar VERB\n.Op Ar OPTIONS\n.Op Ar ARGUMENTS\n.Sh DESCRIPTION\n" + block("verbs") + std::string(k_exit_status)});
  for (const auto& command : commands)
    pages.push_back({.file = page_name(command->text().name) + ".1",
                     .blocks = {{"synopsis", synopsis_of(*command)}, {"options", options_of(*command)}},
                     .skeleton = skeleton_of(*command, today)});
  return pages;
}

Result<std::string> with_blocks(const std::string& path, std::string_view text, const ManPage& page) {
  std::string out;
  std::map<std::string, size_t> begun;  // by name: the line
  std::string open;
  size_t number = 0;
  const auto error = [&](size_t line, std::string what) {
    return fail(ErrorCode::invalid, fmt::format("{}:{}: {}", path, line, what), fmt::format("a block stands between `{}NAME` and `{}`", k_begin, k_end));
  };
  std::vector<std::string_view> lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const std::string_view line : lines) {
    ++number;
    if (line.starts_with(k_begin)) {
      const std::string name(line.substr(k_begin.size()));
      if (!open.empty()) return error(number, fmt::format("block `{}` begins within block `{}`", name, open));
      const auto found = page.blocks.find(name);
      if (found == page.blocks.end()) return error(number, fmt::format("this page has no block `{}`", name));
      if (const auto [other, is_new] = begun.emplace(name, number); !is_new) return error(number, fmt::format("block `{}` is there already, in line {}", name, other->second));
      open = name;
      out += fmt::format("{}\n{}", line, found->second);
    } else if (line == k_end) {
      if (open.empty()) return error(number, "no block begins before this end");
      open.clear();
      out += fmt::format("{}\n", line);
    } else if (open.empty()) {
      out += fmt::format("{}\n", line);
    }
  }
  if (!open.empty()) return error(begun[open], fmt::format("block `{}` has no end", open));
  for (const auto& [name, block] : page.blocks)
    if (!begun.contains(name)) return error(number, fmt::format("the page has no block `{}`", name));
  return out;
}

}  // namespace mops::cli
