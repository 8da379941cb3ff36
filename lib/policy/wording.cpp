#include "policy/wording.h"

#include "base/text.h"
#include "document/value.h"
#include "policy/program.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::policy {
namespace {

using document::Node;
using document::NodeKind;

constexpr size_t k_longest_quote = 60;
constexpr size_t k_many = 12;

bool contains(std::string_view whole, std::string_view part) { return whole.find(part) != std::string_view::npos; }

bool is_abbreviation(std::string_view word, std::string_view of) {
  if (word.front() != of.front()) return false;
  size_t at = 0;
  for (const char c : of)
    if (at < word.size() && word[at] == c) ++at;
  return at == word.size();
}

std::vector<std::string> type_words(uint8_t types) {
  constexpr std::array<std::pair<uint8_t, std::string_view>, 7> k_words = {{{type_string, "a string"},
                                                                            {type_integer, "an integer"},
                                                                            {type_number, "a number"},
                                                                            {type_boolean, "`true` or `false`"},
                                                                            {type_list, "a list"},
                                                                            {type_map, "a map"},
                                                                            {type_null, "`null`"}}};
  std::vector<std::string> words;
  for (const auto& [bit, word] : k_words)
    if ((types & bit) != 0 && !(bit == type_integer && (types & type_number) != 0)) words.emplace_back(word);
  return words;
}

/// "a string, a list or `x`"
std::string in_words(std::span<const std::string> words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace

bool is_scalar(const Node& value) { return value.kind != NodeKind::list && value.kind != NodeKind::map; }

std::string short_text(std::string_view text) {
  std::string out;
  size_t shown = 0;
  for (const char c : text) {
    const bool begins_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins_character && ++shown > k_longest_quote) return out + "…";
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out;
}

std::string choice_text(const Node& choice) {
  if (is_scalar(choice)) return short_text(choice.kind == NodeKind::null ? std::string_view("null") : choice.text);
  return short_text(to_json(document::Value::of(choice)));
}

std::string shortened_list(std::span<const std::string> words, std::string_view conjunction) {
  constexpr size_t k_most = 20;
  if (words.size() <= k_most) return quoted_list(words, conjunction);
  std::string out;
  for (const std::string& word : words.first(k_most)) out += fmt::format("`{}`, ", word);
  out.resize(out.size() - 2);
  return fmt::format("{} {} {} more", out, conjunction, words.size() - k_most);
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '-' && c != '_' && c != ' ') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return out;
}

std::optional<std::string> meant(std::string_view word, std::span<const std::string> known) {
  constexpr size_t k_longest_word = 100;
  if (word.empty() || word.size() > k_longest_word) return std::nullopt;
  const std::string plain = folded(word);
  for (const std::string& candidate : known)
    if (folded(candidate) == plain && !plain.empty()) return candidate;
  if (auto near = nearest(word, known)) return near;
  constexpr size_t k_shortest_part = 3;
  if (word.size() < k_shortest_part) return std::nullopt;
  const auto the_only = [&](auto fits) -> std::optional<std::string> {
    const auto first = std::find_if(known.begin(), known.end(), fits);
    if (first == known.end() || std::any_of(first + 1, known.end(), fits)) return std::nullopt;
    return *first;
  };
  if (auto whole = the_only([&](const std::string& candidate) { return contains(candidate, word); })) return whole;
  if (auto part = the_only([&](const std::string& candidate) { return candidate.size() >= k_shortest_part && contains(word, candidate); })) return part;
  return the_only([&](const std::string& candidate) { return !candidate.empty() && is_abbreviation(word, candidate); });
}

std::string types_text(uint8_t types) { return in_words(type_words(types)); }

bool are_many(size_t choices) { return choices > k_many; }

std::string choices_text(std::span<const Node* const> choices, uint8_t types) {
  constexpr size_t k_few = 3;
  std::vector<std::string> words;
  for (const Node* choice : choices) words.push_back(fmt::format("`{}`", choice_text(*choice)));
  if (are_many(words.size())) {
    const std::string few = in_words(std::span(words).first(k_few));
    words = {fmt::format("one of {} values such as {}", choices.size(), few)};
  }
  for (std::string& word : type_words(types)) words.push_back(std::move(word));
  return in_words(words);
}

std::string found(const Node& value) {
  if (value.kind == NodeKind::null && value.text.empty()) return "found nothing";
  if (!is_scalar(value))
    return value.items.empty() && value.entries.empty() ? fmt::format("found an empty {}", value.kind == NodeKind::map ? "map" : "list")
                                                        : fmt::format("found {}", document::kind_name(value.kind));
  if (value.kind == NodeKind::string && value.text.empty()) return "found an empty string";
  return fmt::format("found `{}`", short_text(value.text));
}

std::string on_one_line(std::string sentence) {
  std::replace_if(sentence.begin(), sentence.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return sentence;
}

}  // namespace mops::policy
