#pragma once

#include "base/diagnostic.h"
#include "policy/leaves.h"
#include "policy/program.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

enum class MisfitKind { unknown_key, missing_key, wrong_type, bad_value };

/// Where a value is in its document: the way back to the root, on the stack.
struct Place {
  const document::Node* node = nullptr;
  const document::Node* key = nullptr;  ///< of the map that it is in; nullptr at the root and in lists
  size_t item = 0;                      ///< from 0, in lists
  const Place* parent = nullptr;

  /// The text of the nearest key; empty at the root.
  [[nodiscard]] std::string_view name() const;
  /// " in `name`", or nothing at the root.
  [[nodiscard]] std::string in_name() const;
};

/// One thing that does not fit, with what is needed to judge how near a branch is and to join several into one sentence.
struct Misfit {
  MisfitKind kind = MisfitKind::bad_value;
  const document::Node* node = nullptr;    ///< the value it is about; the map, for keys
  const document::Node* parent = nullptr;  ///< nullptr at the root
  uint8_t types = 0;                       ///< wrong_type: the ones that would fit
  bool is_choice = false;                  ///< `const` or `enum`
  std::vector<const document::Node*> choices;
  std::string_view key;   ///< unknown_key, missing_key
  std::string meant_key;  ///< unknown_key: the key it is a slip of
  std::string message;
  std::string help;
  Span span;
  std::optional<Label> label;
  std::optional<Fix> fix;  ///< its path is still to come
};

Misfit wrong_type(const Place& place, uint8_t types);
/// What to do where a list or a map is wanted and there is a single value, or nothing at all.
std::string shape_help(const Place& place, uint8_t types);
/// `types`: those that would fit as well.
Misfit bad_choice(const Place& place, std::vector<const document::Node*> choices, uint8_t types = 0);
/// `known`: the keys that the map may have. `free`: those of them that it does not have yet.
Misfit unknown_key(const Place& map, const document::Node& key, std::span<const std::string> known, std::span<const std::string> free);
Misfit missing_key(const Place& map, std::string_view key, const document::Node* schema_of_key);
/// None of several keys is there, one of which must be.
Misfit none_of_keys(const Place& map, std::span<const std::string> keys);
/// The same for ways that want several keys each.
Misfit none_of_key_sets(const Place& map, std::span<const std::vector<std::string>> sets);
/// More than one of several keys that shut each other out.
Misfit several_of_keys(const Place& map, std::span<const std::string> keys);
/// A key that may not be there; `key` is one of the map's.
Misfit forbidden_key(const Place& map, const document::Node& key);
/// Keys that may not all be there.
Misfit forbidden_keys(const Place& map, std::span<const std::string> keys);
/// `leaf` is one bit of Leaf, except the choices.
Misfit leaf_misfit(const Program& program, const Subschema& schema, uint32_t leaf, const Place& place, std::string_view path);
Misfit plain_misfit(const Place& place, std::string message, std::string help = {});

/// The text under a comment keyword of ours (`x-expected`, `x-help`), or empty.
std::string_view comment_of(const Subschema& schema, std::string_view keyword);

}  // namespace mops::policy
