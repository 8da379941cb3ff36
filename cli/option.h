#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mops::cli {

/// Where a parsed word goes. The pointee is a member of the verb and outlives parsing.
using OptionTarget =
    std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*, int64_t*, double*, std::optional<double>*>;

enum class Presence { optional, required };

/// One option or positional of a verb: the single place that feeds the parser, `--help`, man pages and completions.
struct Option {
  std::string name;                     ///< `-m,--message`, `--dry-run`, or for a positional `NAME`
  std::string value = {};               ///< what the help shows for its value: `REASON`; empty for flags
  std::string help;                     ///< one sentence, lower case, no full stop
  OptionTarget target;
  Presence presence = Presence::optional;
  std::vector<std::string> choices = {};

  [[nodiscard]] bool is_positional() const { return !name.starts_with('-'); }
  [[nodiscard]] bool is_flag() const { return std::holds_alternative<bool*>(target); }
};

}  // namespace mops::cli
