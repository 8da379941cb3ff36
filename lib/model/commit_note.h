#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mops::model {

/// One line of release notes and the section (of k_notes_sections) that it stands in.
struct NoteLine {
  std::string section;
  std::string text;

  friend bool operator==(const NoteLine&, const NoteLine&) = default;
};

/// What a commit says to people who read release notes. Conventional Commits 1.0.0: `feat` is added, `fix` fixed, `perf` and
/// `refactor` changed, each without its type; `!` and a footer `BREAKING CHANGE:` make it changed, with `BREAKING:` in front.
/// Everything else is changed, in the words of its title. nullopt: the message says nothing.
std::optional<NoteLine> note_of_commit(std::string_view message);

}  // namespace mops::model
