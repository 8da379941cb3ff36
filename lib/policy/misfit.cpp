#include "policy/misfit.h"

#include "base/character.h"
#include "base/text.h"
#include "document/document.h"
#include "document/quoting.h"
#include "policy/equality.h"
#include "policy/wording.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

namespace mops::policy {
namespace {

using document::Node;
using document::NodeKind;

constexpr std::string_view k_yes_words[] = {"yes", "on", "y"};
constexpr std::string_view k_no_words[] = {"no", "off", "n"};

bool is_word(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), folded(text)) != words.end();
}

Misfit at(const Place& place, MisfitKind kind) {
  return {.kind = kind, .node = place.node, .parent = place.parent == nullptr ? nullptr : place.parent->node, .span = place.node->span};
}

bool is_nothing(const Node& value) { return value.kind == NodeKind::null && value.text.empty(); }

/// `{port}` is a map with one key and nothing behind it.
bool is_text_in_braces(const Node& value) {
  if (value.kind != NodeKind::map || value.entries.size() != 1 || !is_nothing(value.entries[0].value)) return false;
  constexpr size_t k_braces = 2;
  return value.span.end.offset - value.span.begin.offset == value.entries[0].key.text.size() + k_braces;
}

/// A string is wanted, and quotes make one of what is there.
void offer_quotes(Misfit& misfit, const Node& value) {
  if (is_text_in_braces(value)) {
    const std::string text = fmt::format("\"{{{}}}\"", value.entries[0].key.text);
    misfit.help = fmt::format("without quotes braces begin a map; write `{}`", text);
    misfit.fix = Fix{.path = {}, .span = value.span, .text = text};
    return;
  }
  if (value.kind == NodeKind::map && value.entries.size() == 1 && is_scalar(value.entries[0].value)) {
    misfit.help = "put the text in quotes if the colon belongs to it";
    return;
  }
  misfit.help = document::quoting_help(value);
  if (document::is_quotable(value)) misfit.fix = document::quoting_fix(value, {});
}

/// What a text of digits and points is worth; nullopt: `1.2.3` is no number.
std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// A number is wanted: `50ms`, `1_000` and `90%` begin with one. Of `1.2.3`, `10-20` and `2 of 3` nobody knows which.
std::string number_help(std::string_view text) {
  if (text.empty() || !is_digit(text[0])) return {};
  const std::string without = replace_all(replace_all(text, "_", ""), "'", "");
  if (without != text && decimal(without)) return fmt::format("write it without separators: `{}`", without);
  const std::string with_point = replace_all(text, ",", ".");
  if (with_point != text && !text.ends_with(',') && decimal(with_point)) return fmt::format("write it with a decimal point: `{}`", with_point);
  const std::string_view number = text.substr(0, text.find_first_not_of("0123456789.-"));
  const auto value = decimal(number);
  const std::string_view rest = trim(text.substr(number.size()));
  if (!value || rest.empty() || rest.find_first_of("0123456789") != std::string_view::npos) return {};
  // `500m` is how Kubernetes writes half a processor.
  const double part = rest == "%" ? 100 : rest == "m" ? 1000 : 0;
  if (part > 0) return fmt::format("write it as a share of 1: `{:.6g}`", *value / part);
  return fmt::format("write the number alone: `{}`", number);
}

/// A number or boolean is wanted, and the text in quotes would be one without them.
void offer_without_quotes(Misfit& misfit, const Node& value, uint8_t types) {
  if (value.kind != NodeKind::string) return;
  if (value.style == document::ScalarStyle::plain) {
    const bool yes = is_word(value.text, k_yes_words);
    const bool no = is_word(value.text, k_no_words);
    if ((types & type_boolean) != 0 && (yes || no))
      misfit.help = fmt::format("write `{}`; `{}` is a text", yes ? "true" : "false", value.text);
    if (misfit.help.empty() && (types & (type_integer | type_number)) != 0) misfit.help = number_help(value.text);
    return;
  }
  if (value.style != document::ScalarStyle::quoted || value.text != trim(value.text)) return;
  const auto bare = document::parse_json({.path = {}, .text = std::string(value.text)});
  if (bare.root() == nullptr || (types_of(*bare.root()) & types) == 0) return;
  misfit.help = fmt::format("write it without quotes: `{}`", value.text);
  constexpr size_t k_quotes = 2;
  const bool stands_as_it_is = value.span.end.offset - value.span.begin.offset == value.text.size() + k_quotes;
  if (stands_as_it_is && !value.is_alias && !value.is_tagged) misfit.fix = Fix{.path = {}, .span = value.span, .text = std::string(value.text)};
}

/// The key of the map itself; of a map in a list, its first key.
Span span_of_key(const Place& map) {
  if (map.key != nullptr) return map.key->span;
  if (map.parent != nullptr && !map.node->entries.empty()) return map.node->entries.front().key.span;
  return {.begin = map.node->span.begin, .end = map.node->span.begin};
}

/// "`owner`", "item 2 of `inputs`", or nothing at the root.
std::string subject(const Place& place) {
  if (place.parent == nullptr) return {};
  if (place.key != nullptr) return fmt::format("`{}`", place.key->text);
  return place.name().empty() ? fmt::format("item {}", place.item + 1) : fmt::format("item {} of `{}`", place.item + 1, place.name());
}

}  // namespace

std::string_view Place::name() const {
  for (const Place* place = this; place != nullptr; place = place->parent)
    if (place->key != nullptr) return place->key->text;
  return {};
}

std::string Place::in_name() const { return name().empty() ? std::string() : fmt::format(" in `{}`", short_text(name())); }

std::string_view comment_of(const Subschema& schema, std::string_view keyword) {
  const Node* comment = schema.source->find(keyword);
  return comment != nullptr && comment->kind == NodeKind::string ? comment->text : std::string_view();
}

Misfit wrong_type(const Place& place, uint8_t types) {
  const Node& value = *place.node;
  Misfit misfit = at(place, MisfitKind::wrong_type);
  misfit.types = types;
  const std::string what = is_scalar(value) && !value.text.empty()
                               ? fmt::format("found {} `{}`", document::kind_name(value.kind), short_text(value.text))
                               : found(value);
  const bool is_special = value.kind == NodeKind::number && types_of(value) == 0;
  misfit.message = fmt::format("{}{}, expected {}", what, place.in_name(), is_special && (types & (type_number | type_integer)) != 0 ? "a finite number" : types_text(types));
  if ((types & type_string) != 0) offer_quotes(misfit, value);
  else offer_without_quotes(misfit, value, types);
  return misfit;
}

std::string shape_help(const Place& place, uint8_t types) {
  const Node& value = *place.node;
  if (place.parent == nullptr) return {};
  if (types == type_list && value.kind == NodeKind::map) return "write each entry as an item of a list, behind `- `";
  if (types == type_map && value.kind == NodeKind::list) return "write keys, without `- ` and `[]`";
  if (!is_scalar(value)) return {};
  if (types == type_list && is_nothing(value)) return "write its items below it, each behind `- `, or `[]` for none";
  if (types == type_map && is_nothing(value)) return "write its keys below it, indented";
  const bool is_word = value.style == document::ScalarStyle::plain && value.text.find_first_of(",[]{}:#'\"\n") == std::string_view::npos;
  return types == type_list && is_word ? fmt::format("put it in brackets: `[{}]`", short_text(value.text)) : std::string();
}

Misfit bad_choice(const Place& place, std::vector<const Node*> choices, uint8_t types) {
  const Node& value = *place.node;
  Misfit misfit = at(place, MisfitKind::bad_value);
  misfit.is_choice = true;
  std::vector<std::string> words;
  for (const Node* choice : choices) words.push_back(choice_text(*choice));
  const auto same_text = std::find_if(choices.begin(), choices.end(), [&](const Node* choice) {
    return is_scalar(*choice) && is_scalar(value) && choice->text == value.text;
  });
  if (same_text != choices.end()) {
    misfit = wrong_type(place, types_of(**same_text));
    misfit.is_choice = true;
  } else {
    misfit.message = fmt::format("{}{}, expected {}", found(value), place.in_name(), choices_text(choices, types));
    if (const auto near = value.kind == NodeKind::string ? meant(value.text, words) : std::nullopt; near && words.size() > 1)
      misfit.help = fmt::format("did you mean `{}`?", *near);
    else if (are_many(words.size())) misfit.help = fmt::format("known values: {}", shortened_list(words, "and"));
  }
  misfit.choices = std::move(choices);
  return misfit;
}

Misfit unknown_key(const Place& map, const Node& key, std::span<const std::string> known, std::span<const std::string> free) {
  Misfit misfit = at(map, MisfitKind::unknown_key);
  misfit.span = key.span;
  misfit.key = key.text;
  misfit.message = fmt::format("unknown key `{}`{}", short_text(key.text), map.in_name());
  if (const auto near = meant(key.text, free)) {
    misfit.meant_key = *near;
    misfit.help = fmt::format("did you mean `{}`?", *near);
  } else if (!known.empty()) {
    misfit.help = fmt::format("known keys: {}", shortened_list(known, "and"));
  }
  return misfit;
}

Misfit missing_key(const Place& map, std::string_view key, const Node* schema_of_key) {
  Misfit misfit = at(map, MisfitKind::missing_key);
  misfit.span = span_of_key(map);
  misfit.key = key;
  misfit.message = map.parent == nullptr ? fmt::format("`{}` is missing", key) : fmt::format("{} has no `{}`", subject(map), key);
  const Node* description = schema_of_key == nullptr ? nullptr : schema_of_key->find("description");
  if (description != nullptr && description->kind == NodeKind::string) misfit.help = fmt::format("`{}`: {}", key, trim(description->text));
  return misfit;
}

Misfit none_of_keys(const Place& map, std::span<const std::string> keys) {
  Misfit misfit = at(map, MisfitKind::missing_key);
  misfit.span = span_of_key(map);
  const std::string list = quoted_list(keys, "or");
  misfit.message = map.parent == nullptr ? fmt::format("{} is missing", list) : fmt::format("{} has no {}", subject(map), list);
  misfit.help = "one of them is needed";
  return misfit;
}

Misfit none_of_key_sets(const Place& map, std::span<const std::vector<std::string>> sets) {
  Misfit misfit = at(map, MisfitKind::missing_key);
  misfit.span = span_of_key(map);
  std::string list;
  for (const std::vector<std::string>& keys : sets) list += (list.empty() ? "" : ", or ") + quoted_list(keys, "and");
  misfit.message = map.parent == nullptr ? fmt::format("{}, is missing", list) : fmt::format("{} lacks {}", subject(map), list);
  return misfit;
}

Misfit forbidden_key(const Place& map, const Node& key) {
  Misfit misfit = at(map, MisfitKind::bad_value);
  misfit.span = key.span;
  misfit.message = fmt::format("found `{}`{}, expected no such key", short_text(key.text), map.in_name());
  return misfit;
}

Misfit forbidden_keys(const Place& map, std::span<const std::string> keys) {
  Misfit misfit = at(map, MisfitKind::bad_value);
  misfit.span = span_of_key(map);
  misfit.message = fmt::format("found {}{}, expected not all of them", quoted_list(keys, "and"), map.in_name());
  return misfit;
}

Misfit several_of_keys(const Place& map, std::span<const std::string> keys) {
  Misfit misfit = at(map, MisfitKind::bad_value);
  misfit.span = span_of_key(map);
  misfit.message = fmt::format("found {}{}, expected one of them", quoted_list(keys, "and"), map.in_name());
  return misfit;
}

Misfit plain_misfit(const Place& place, std::string message, std::string help) {
  Misfit misfit = at(place, MisfitKind::bad_value);
  misfit.message = std::move(message);
  misfit.help = std::move(help);
  return misfit;
}

Misfit leaf_misfit(const Program& program, const Subschema& s, uint32_t leaf, const Place& place, std::string_view path) {
  const Node& value = *place.node;
  Misfit misfit = at(place, MisfitKind::bad_value);
  const auto expected = [&](std::string text) {
    const std::string_view own = comment_of(s, "x-expected");
    misfit.message = fmt::format("{}{}, expected {}", found(value), place.in_name(), own.empty() ? text : std::string(own));
  };
  const auto counted = [&](size_t count, std::string_view one, std::string_view many, std::string_view bound, uint64_t limit) {
    misfit.message = fmt::format("found {} {}{}, expected {} {}", count, count == 1 ? one : many, place.in_name(), bound, limit);
    if (count == 0 && place.key != nullptr) misfit.help = fmt::format("write at least one, or remove `{}`", short_text(place.key->text));
  };
  switch (leaf) {
    case leaf_minimum: expected(fmt::format("at least {}", s.minimum->text)); break;
    case leaf_exclusive_minimum: expected(fmt::format("more than {}", s.exclusive_minimum->text)); break;
    case leaf_maximum: expected(fmt::format("at most {}", s.maximum->text)); break;
    case leaf_exclusive_maximum: expected(fmt::format("less than {}", s.exclusive_maximum->text)); break;
    case leaf_multiple_of: expected(fmt::format("a multiple of {}", s.multiple_of->text)); break;
    case leaf_min_length:
      if (value.text.empty()) expected(s.min_length == 1 ? "a text" : fmt::format("at least {} characters", s.min_length));
      else counted(count_code_points(value.text), "character", "characters", "at least", s.min_length);
      break;
    case leaf_max_length: counted(count_code_points(value.text), "character", "characters", "at most", s.max_length); break;
    case leaf_pattern: expected(fmt::format("a text that matches `{}`", program.pattern_texts[s.pattern])); break;
    case leaf_pattern_gave_up:
      misfit.message = fmt::format("matching the text{} with `{}` takes too long", place.in_name(), program.pattern_texts[s.pattern]);
      break;
    case leaf_format: expected(std::string(describe_format(*s.format))); break;
    case leaf_min_items: counted(value.items.size(), "item", "items", "at least", s.min_items); break;
    case leaf_max_items: counted(value.items.size(), "item", "items", "at most", s.max_items); break;
    case leaf_min_properties: counted(value.entries.size(), "key", "keys", "at least", s.min_properties); break;
    case leaf_max_properties: counted(value.entries.size(), "key", "keys", "at most", s.max_properties); break;
    case leaf_unique_items: {
      const auto twice = find_equal_items(value.items).value_or(std::pair<size_t, size_t>(0, 0));
      const Node& second = value.items[twice.second];
      misfit.message = fmt::format("{} is listed twice{}",
                                   is_scalar(second) ? fmt::format("`{}`", short_text(second.text)) : "the same item", place.in_name());
      misfit.span = second.span;
      misfit.help = "remove one of the two";
      misfit.label = Label{.location = {.path = std::string(path), .span = value.items[twice.first].span}, .message = "first listed here"};
      break;
    }
    default: expected("something else"); break;
  }
  if (const std::string_view help = comment_of(s, "x-help"); !help.empty()) misfit.help = help;
  for (const std::string_view quote : {"“", "”", "„", "‘", "’"})
    if (value.kind == NodeKind::string && value.style == document::ScalarStyle::plain && value.text.starts_with(quote)) misfit.help = "YAML knows only straight quotes: `\"` and `'`";
  return misfit;
}

}  // namespace mops::policy
