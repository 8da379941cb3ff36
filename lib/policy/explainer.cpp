#include "policy/explainer.h"

#include "base/text.h"
#include "policy/alternatives.h"
#include "policy/evaluator.h"
#include "policy/leaves.h"
#include "policy/misfit.h"
#include "policy/wording.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

namespace mops::policy {
namespace {

using document::Entry;
using document::Node;
using document::NodeKind;

std::string_view rule_word(MisfitKind kind) {
  switch (kind) {
    case MisfitKind::unknown_key: return "unknown-key";
    case MisfitKind::missing_key: return "missing-key";
    case MisfitKind::wrong_type: return "wrong-type";
    case MisfitKind::bad_value: return "bad-value";
  }
  return {};
}

/// Nobody reads more, and each costs memory.
constexpr size_t k_most_misfits = 1000;

/// What a schema calls the keys of one map.
struct KnownKeys {
  const Subschema* schema = nullptr;
  const Node* map = nullptr;
  std::vector<std::string> all;
  std::vector<std::string> free;  ///< those that the map does not have
};

class Explainer {
 public:
  Explainer(const Program& program, std::string_view path) : program_(program), evaluator_(program), path_(path) {}

  void explain(SchemaIndex index, const Place& place, Misfits& out) {
    const Subschema& s = program_.subschemas[index];
    if (s.shape == Shape::accepts_all) return;
    if (s.shape == Shape::rejects_all)
      return out.push_back(plain_misfit(place, fmt::format("{}{}, expected nothing here", found(*place.node), place.in_name())));
    const Evaluator::Visit visit(evaluator_, s);
    if (!visit) return;
    const Node& value = *place.node;
    if (s.types != k_any_type && (s.types & types_of(value)) == 0) return out.push_back(with_shape(with_help(wrong_type(place, s.types), s), s, place));
    const size_t before = out.size();
    leaves(s, place, out);
    applicators(s, place, out);
    if (value.kind == NodeKind::map) map(s, place, out);
    if (value.kind == NodeKind::list) list(s, place, out);
    if (out.size() == before) unevaluated(s, place, out);
  }

  [[nodiscard]] bool gave_up() const { return evaluator_.gave_up(); }

 private:
  static Misfit with_help(Misfit misfit, const Subschema& s) {
    if (const std::string_view help = comment_of(s, "x-help"); misfit.help.empty()) misfit.help = help;
    return misfit;
  }

  /// A list or map is wanted: how it would look. Of the document as a whole there are too many keys.
  Misfit with_shape(Misfit misfit, const Subschema& s, const Place& place) const {
    if (!misfit.help.empty()) return misfit;
    std::vector<std::string> keys;
    if (s.types == type_map && place.parent != nullptr) collect_keys(s, keys, 0);
    misfit.help = keys.empty() ? shape_help(place, s.types) : fmt::format("known keys: {}", quoted_list(keys, "and"));
    return misfit;
  }

  /// Words of other worlds for the same, from the schema's `x-meant`.
  static Misfit with_translation(Misfit misfit, const Subschema& s, const Node& value) {
    const Node* words = s.source->find("x-meant");
    const Node* meant = words == nullptr || value.kind != NodeKind::string ? nullptr : words->find(value.text);
    if (meant != nullptr && meant->kind == NodeKind::string) misfit.help = fmt::format("did you mean `{}`?", meant->text);
    return misfit;
  }

  void leaves(const Subschema& s, const Place& place, Misfits& out) {
    if (!s.has_leaf_keywords) return;
    const uint32_t bits = leaf_misfits(program_, s, *place.node, evaluator_.scratch(), Effort::all_misfits);
    for (uint32_t leaf = 1; leaf < k_leaf_end; leaf <<= 1) {
      if ((bits & leaf) == 0) continue;
      if (leaf == leaf_constant) out.push_back(with_help(bad_choice(place, {s.constant}), s));
      else if (leaf == leaf_choices) out.push_back(with_help(with_translation(bad_choice(place, pointers(s.choices->items)), s, *place.node), s));
      else out.push_back(leaf_misfit(program_, s, leaf, place, path_));
    }
  }

  static std::vector<const Node*> pointers(std::span<const Node> nodes) {
    std::vector<const Node*> out;
    for (const Node& node : nodes) out.push_back(&node);
    return out;
  }

  void applicators(const Subschema& s, const Place& place, Misfits& out) {
    if (!s.has_applicators) return;
    const Node& value = *place.node;
    if (s.ref != k_none) explain(s.ref, place, out);
    if (s.dynamic_ref != k_none) explain(evaluator_.dynamic_target(s), place, out);
    for (const SchemaIndex part : Program::part(program_.schemas, s.all_of)) explain(part, place, out);
    if (!s.any_of.empty()) branches(s, s.any_of, place, out);
    if (!s.one_of.empty()) branches(s, s.one_of, place, out);
    if (s.not_schema != k_none && evaluator_.fits(s.not_schema, value)) out.push_back(with_help(forbidden(s, place), s));
    if (s.if_schema != k_none) condition(s, place, out);
    if (value.kind != NodeKind::map) return;
    for (const NamedSchema& dependent : Program::part(program_.named, s.dependent_schemas))
      if (value.find(dependent.name) != nullptr) explain(dependent.schema, place, out);
  }

  void condition(const Subschema& s, const Place& place, Misfits& out) {
    const bool holds = evaluator_.fits(s.if_schema, *place.node);
    const SchemaIndex consequence = holds ? s.then_schema : s.else_schema;
    if (consequence == k_none) return;
    const size_t before = out.size();
    explain(consequence, place, out);
    const std::string reason = holds ? reason_of(program_.subschemas[s.if_schema], *place.node) : std::string();
    for (size_t i = before; i < out.size() && !reason.empty(); ++i)
      if (out[i].help.empty()) out[i].help = reason;
  }

  /// "because `kind` is `a`", when the condition is about the words under some keys.
  [[nodiscard]] std::string reason_of(const Subschema& condition, const Node& value) const {
    std::string out;
    for (const NamedSchema& property : Program::part(program_.named, condition.properties)) {
      const Subschema& s = program_.subschemas[property.schema];
      const Node* word = value.find(property.name);
      const bool is_word = word != nullptr && word->kind != NodeKind::list && word->kind != NodeKind::map && !word->text.empty();
      if (is_word && (s.constant != nullptr || s.choices != nullptr))
        out += fmt::format("{} `{}` is `{}`", out.empty() ? "because" : " and", property.name, word->text);
    }
    return out;
  }

  Misfit forbidden(const Subschema& s, const Place& place) const {
    const Node& value = *place.node;
    const auto expected = [&](std::string_view what) { return plain_misfit(place, fmt::format("{}{}, expected {}", found(value), place.in_name(), what)); };
    if (const std::string_view own = comment_of(s, "x-expected"); !own.empty()) return expected(own);
    const Subschema& no = program_.subschemas[s.not_schema];
    if (const auto keys = keys_of_bare_branch(s.not_schema); !keys.empty() && value.kind == NodeKind::map)
      return keys.size() == 1 ? forbidden_key(place, value.find_entry(keys.front())->key) : forbidden_keys(place, keys);
    if (no.shape != Shape::keywords || no.source->entries.size() != 1) return expected("something else");
    if (no.types != k_any_type) return expected(fmt::format("anything but {}", types_text(no.types)));
    if (no.constant != nullptr) return expected(fmt::format("anything but {}", choices_text(std::vector<const Node*>{no.constant})));
    if (no.choices != nullptr) return expected(fmt::format("anything but {}", choices_text(pointers(no.choices->items))));
    if (no.pattern != k_none) return expected(fmt::format("a text that does not match `{}`", program_.pattern_texts[no.pattern]));
    return expected("something else");
  }

  /// The keys that a branch asks for, when it says nothing else.
  [[nodiscard]] std::vector<std::string> keys_of_bare_branch(SchemaIndex index) const {
    std::vector<std::string> keys;
    const Subschema& s = program_.subschemas[index];
    if (s.shape != Shape::keywords || s.source->entries.size() != 1) return keys;
    for (const std::string_view key : Program::part(program_.texts, s.required)) keys.emplace_back(key);
    return keys;
  }

  void branches(const Subschema& s, PoolRange range, const Place& place, Misfits& out) {
    const auto parts = Program::part(program_.schemas, range);
    const Node& value = *place.node;
    const auto fitting = std::count_if(parts.begin(), parts.end(), [&](SchemaIndex part) { return evaluator_.fits(part, value); });
    const bool one_of = range.begin == s.one_of.begin && !s.one_of.empty();
    if (fitting == 1 || (fitting > 1 && !one_of)) return;

    std::vector<std::vector<std::string>> sets;
    for (const SchemaIndex part : parts) sets.push_back(keys_of_bare_branch(part));
    const bool are_bare = std::none_of(sets.begin(), sets.end(), [](const auto& set) { return set.empty(); });
    const bool are_single = are_bare && std::all_of(sets.begin(), sets.end(), [](const auto& set) { return set.size() == 1; });
    std::vector<std::string> keys;
    for (const auto& set : sets)
      if (are_single) keys.push_back(set.front());
    if (fitting > 1) {
      std::erase_if(keys, [&](const std::string& key) { return value.find(key) == nullptr; });
      if (keys.size() > 1) return out.push_back(with_help(several_of_keys(place, keys), s));
      return out.push_back(with_help(plain_misfit(place, fmt::format("{}{}, which fits {} of {} alternatives, expected exactly one",
                                                                     found(value), place.in_name(), fitting, parts.size())),
                                     s));
    }
    if (!keys.empty() && value.kind == NodeKind::map) return out.push_back(with_help(none_of_keys(place, keys), s));
    const auto is_present = [&](const std::string& key) { return value.find(key) != nullptr; };
    if (are_bare && value.kind == NodeKind::map && std::none_of(sets.begin(), sets.end(), [&](const auto& set) { return std::any_of(set.begin(), set.end(), is_present); }))
      return out.push_back(with_help(none_of_key_sets(place, sets), s));

    std::vector<Misfits> all;
    for (const SchemaIndex part : parts) explain(part, place, all.emplace_back());
    if (const auto joined = join_alternatives(all, place)) return out.push_back(with_help(*joined, s));
    size_t nearest_branch = 0;
    for (size_t i = 1; i < all.size(); ++i) {
      const size_t own = distance(all[i], value);
      const size_t best = distance(all[nearest_branch], value);
      if (own < best || (own == best && familiar_keys(parts[i], value) > familiar_keys(parts[nearest_branch], value))) nearest_branch = i;
    }
    std::move(all[nearest_branch].begin(), all[nearest_branch].end(), std::back_inserter(out));
  }

  /// How many keys of a map a branch speaks of.
  [[nodiscard]] size_t familiar_keys(SchemaIndex branch, const Node& value) const {
    const Subschema& s = program_.subschemas[branch];
    std::vector<std::string> known;
    collect_keys(s, known, 0);
    for (const std::string_view key : Program::part(program_.texts, s.required)) known.emplace_back(key);
    return static_cast<size_t>(std::count_if(value.entries.begin(), value.entries.end(), [&](const Entry& entry) {
      return std::find(known.begin(), known.end(), entry.key.text) != known.end();
    }));
  }

  void map(const Subschema& s, const Place& place, Misfits& out) {
    const Node& value = *place.node;
    const size_t first = out.size();
    for (const Entry& entry : value.entries) {
      if (out.size() >= k_most_misfits) return;
      const Place child{.node = &entry.value, .key = &entry.key, .parent = &place};
      if (s.property_names != k_none && !evaluator_.fits(s.property_names, entry.key)) bad_name(s, entry, place, out);
      bool known = false;
      if (const SchemaIndex property = program_.property(s, entry.key.text); property != k_none) {
        known = true;
        if (program_.subschemas[property].shape == Shape::rejects_all) out.push_back(forbidden_key(place, entry.key));
        else explain(property, child, out);
      }
      for (const PatternSchema& part : Program::part(program_.by_pattern, s.pattern_properties)) {
        if (program_.patterns[part.pattern].search(entry.key.text, evaluator_.scratch()) != Match::yes) continue;
        known = true;
        explain(part.schema, child, out);
      }
      if (!known && s.additional_properties != k_none) additional(s, s.additional_properties, entry, child, out);
    }
    missing(s, Program::part(program_.texts, s.required), place, first, out);
    for (const NamedKeys& dependent : Program::part(program_.named_keys, s.dependent_required)) {
      if (value.find(dependent.name) == nullptr) continue;
      const size_t before = out.size();
      missing(s, Program::part(program_.texts, dependent.keys), place, first, out);
      for (size_t i = before; i < out.size(); ++i) out[i].message += fmt::format(", which `{}` needs", dependent.name);
    }
  }

  void bad_name(const Subschema& s, const Entry& entry, const Place& place, Misfits& out) {
    Misfits about_key;
    const Place key{.node = &entry.key, .parent = &place};
    explain(s.property_names, key, about_key);
    for (Misfit& misfit : about_key) {
      if (misfit.message.starts_with("found ")) misfit.message = "found key " + misfit.message.substr(6);
      misfit.fix.reset();
      out.push_back(std::move(misfit));
    }
  }

  void additional(const Subschema& s, SchemaIndex rest, const Entry& entry, const Place& child, Misfits& out) {
    if (program_.subschemas[rest].shape != Shape::rejects_all) return explain(rest, child, out);
    const KnownKeys& keys = known_keys(s, *child.parent->node);
    Misfit misfit = unknown_key(*child.parent, entry.key, keys.all, keys.free);
    if (misfit.meant_key.empty())
      if (const auto home = map_of_key(s, entry.key.text)) misfit.help = fmt::format("`{}` belongs below `{}`", entry.key.text, *home);
    out.push_back(std::move(misfit));
  }

  /// The only one of the keys whose map would know this key.
  [[nodiscard]] std::optional<std::string> map_of_key(const Subschema& s, std::string_view key) const {
    std::optional<std::string> home;
    for (const NamedSchema& property : Program::part(program_.named, s.properties)) {
      std::vector<std::string> keys;
      collect_keys(program_.subschemas[property.schema], keys, 0);
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) continue;
      if (home) return std::nullopt;
      home = property.name;
    }
    return home;
  }

  /// Found once for all the unknown keys of a map.
  const KnownKeys& known_keys(const Subschema& s, const Node& value) {
    if (known_keys_.schema == &s && known_keys_.map == &value) return known_keys_;
    known_keys_ = {.schema = &s, .map = &value, .all = {}, .free = {}};
    std::vector<std::string>& all = known_keys_.all;
    collect_keys(s, all, 0);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::copy_if(all.begin(), all.end(), std::back_inserter(known_keys_.free),
                 [&](const std::string& key) { return value.find(key) == nullptr; });
    return known_keys_;
  }

  /// The keys that a schema, and those it applies to the same place, know.
  void collect_keys(const Subschema& s, std::vector<std::string>& keys, size_t depth) const {
    constexpr size_t k_deepest = 8;
    if (depth > k_deepest) return;
    for (const NamedSchema& property : Program::part(program_.named, s.properties))
      if (program_.subschemas[property.schema].shape != Shape::rejects_all) keys.emplace_back(property.name);
    for (const SchemaIndex next : {s.ref, s.dynamic_ref, s.then_schema, s.else_schema})
      if (next != k_none) collect_keys(program_.subschemas[next], keys, depth + 1);
    for (const PoolRange range : {s.all_of, s.any_of, s.one_of})
      for (const SchemaIndex next : Program::part(program_.schemas, range)) collect_keys(program_.subschemas[next], keys, depth + 1);
  }

  /// A key whose slip was just reported is not missing as well.
  void missing(const Subschema& s, std::span<const std::string_view> keys, const Place& place, size_t first, Misfits& out) {
    for (const std::string_view key : keys) {
      if (place.node->find(key) != nullptr) continue;
      const bool slipped = std::any_of(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                                       [&](const Misfit& m) { return m.node == place.node && m.meant_key == key; });
      if (slipped) continue;
      const SchemaIndex property = program_.property(s, key);
      out.push_back(missing_key(place, key, property == k_none ? nullptr : described(property)));
    }
  }

  /// The description may stand at the reference or where it leads.
  [[nodiscard]] const Node* described(SchemaIndex index) const {
    const Subschema& s = program_.subschemas[index];
    return s.source->find("description") == nullptr && s.ref != k_none ? program_.subschemas[s.ref].source : s.source;
  }

  void list(const Subschema& s, const Place& place, Misfits& out) {
    const Node& value = *place.node;
    const auto prefix = Program::part(program_.schemas, s.prefix_items);
    for (size_t i = 0; i < value.items.size(); ++i) {
      const Place child{.node = &value.items[i], .item = i, .parent = &place};
      if (out.size() >= k_most_misfits) return;
      const SchemaIndex schema = i < prefix.size() ? prefix[i] : s.items;
      if (schema == k_none) continue;
      const bool is_rest = i >= prefix.size() && program_.subschemas[schema].shape == Shape::rejects_all;
      if (!is_rest) explain(schema, child, out);
      else out.push_back(plain_misfit(child, fmt::format("found {} items{}, expected at most {}", value.items.size(), place.in_name(), prefix.size())));
      if (is_rest) break;
    }
    if (s.contains == k_none) return;
    const uint64_t count = evaluator_.count_contained(s, value, nullptr);
    const std::string what = words_for(program_.subschemas[s.contains], count);
    if (count < s.min_contains)
      out.push_back(plain_misfit(place, fmt::format("found {} {}{}, expected at least {}", count == 0 ? "no" : std::to_string(count), what,
                                                    place.in_name(), s.min_contains)));
    if (count > s.max_contains)
      out.push_back(plain_misfit(place, fmt::format("found {} {}{}, expected at most {}", count, what, place.in_name(), s.max_contains)));
  }

  /// What the items are that fit: "items `a` or `b`".
  [[nodiscard]] static std::string words_for(const Subschema& s, uint64_t count) {
    if (const std::string_view own = comment_of(s, "x-expected"); !own.empty()) return std::string(own);
    const std::string_view items = count > 1 ? "items" : "item";
    if (s.constant != nullptr) return fmt::format("{} {}", items, choices_text(std::vector<const Node*>{s.constant}));
    if (s.choices != nullptr) return fmt::format("{} {}", items, choices_text(pointers(s.choices->items)));
    return fmt::format("{} of the kind wanted", items);
  }

  void unevaluated(const Subschema& s, const Place& place, Misfits& out) {
    const Node& value = *place.node;
    Seen seen;
    if (s.unevaluated_properties == k_none && s.unevaluated_items == k_none) return;
    if (!evaluator_.fits_but_unevaluated(s, value, &seen)) return;
    if (s.unevaluated_properties != k_none) {
      for (size_t i = 0; i < value.entries.size(); ++i) {
        const Place child{.node = &value.entries[i].value, .key = &value.entries[i].key, .parent = &place};
        if (!seen.has(i)) additional(s, s.unevaluated_properties, value.entries[i], child, out);
      }
    }
    if (s.unevaluated_items == k_none) return;
    for (size_t i = 0; i < value.items.size(); ++i)
      if (!seen.has(i)) explain(s.unevaluated_items, Place{.node = &value.items[i], .item = i, .parent = &place}, out);
  }

  const Program& program_;
  Evaluator evaluator_;
  std::string_view path_;
  KnownKeys known_keys_;
};

}  // namespace

std::vector<Diagnostic> explain_misfits(const Program& program, const Node& instance, std::string_view path,
                                        const InstanceOptions& options) {
  Explainer explainer(program, path);
  const Place root{.node = &instance};
  Misfits misfits;
  explainer.explain(program.root, root, misfits);
  if (explainer.gave_up()) misfits.push_back(plain_misfit(root, "the document is too deep or too large to be checked against its schema"));
  if (misfits.empty()) misfits.push_back(plain_misfit(root, "the document does not fit its schema"));

  std::vector<Diagnostic> findings;
  std::set<std::pair<uint32_t, std::string>> told;
  for (Misfit& misfit : misfits) {
    // `allOf` may ask for the same twice.
    if (!told.emplace(misfit.span.begin.offset, misfit.message).second) continue;
    if (options.slips != nullptr && !misfit.meant_key.empty()) options.slips->push_back({.key = misfit.span.begin, .meant = misfit.meant_key});
    Diagnostic& finding = findings.emplace_back(Diagnostic{.rule = fmt::format("{}/{}", options.rules, rule_word(misfit.kind)),
                                                           .message = on_one_line(std::move(misfit.message)),
                                                           .location = {.path = std::string(path), .span = misfit.span},
                                                           .help = on_one_line(std::move(misfit.help))});
    if (misfit.label) finding.labels.push_back(std::move(*misfit.label));
    if (misfit.fix) finding.fix = Fix{.path = std::string(path), .span = misfit.fix->span, .text = std::move(misfit.fix->text)};
  }
  return findings;
}

}  // namespace mops::policy
