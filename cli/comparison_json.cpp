#include "cli/comparison_json.h"

#include "document/value.h"

namespace mops::cli {
namespace {

using comparison::Snapshot;
using document::Value;

template <typename T>
Value or_null(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value list_of(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.add(text);
  return list;
}

Value side_of(const Snapshot& snapshot) {
  Value certification;
  if (snapshot.certification)
    certification = Value::map()
                        .set("sha256", snapshot.certification->digest.hex())
                        .set("path", snapshot.certification->path)
                        .set("verdict", to_string(snapshot.certification->certificate.verdict));
  return Value::map()
      .set("label", snapshot.label)
      .set("version", snapshot.version ? Value(snapshot.version->to_string()) : Value())
      .set("commit", text_or_null(snapshot.commit))
      .set("payload", snapshot.payload.hex())
      .set("certification", std::move(certification));
}

Value interface_of(const comparison::Comparison& comparison, const Snapshot& before, const Snapshot& after) {
  const model::InterfaceComparison& interface = comparison.interface;
  Value changes = Value::list();
  for (const model::InterfaceChange& change : interface.changes) {
    Value breaks = Value::list();
    if (change.breaks_backward) breaks.add("BACKWARD");
    if (change.breaks_forward) breaks.add("FORWARD");
    changes.add(Value::map()
                    .set("place", to_string(change.place))
                    .set("name", change.name)
                    .set("kind", to_string(change.kind))
                    .set("breaks", std::move(breaks))
                    .set("text", change.sentence)
                    .set("resembles", text_or_null(change.resembles)));
  }
  const model::Bump demanded = before.version ? demanded_bump(*before.version, interface.bump()) : interface.bump();
  Value step = Value::map().set("demanded", to_string(demanded)).set("made", Value()).set("is_enough", Value()).set("lowest_version", Value());
  if (before.version) step.set("lowest_version", next_version(*before.version, demanded).to_string());
  if (const auto found = step_between(before, after, interface)) step.set("made", to_string(found->made)).set("is_enough", found->is_enough());
  return Value::map().set("compatibility", to_string(interface.compatibility)).set("step", std::move(step)).set("changes", std::move(changes));
}

Value numbers_of(const comparison::Numbers& numbers) {
  constexpr std::array<const char*, 4> k_judgements = {"same", "better", "worse", "unknown"};
  Value pairs = Value::list();
  for (const comparison::NumberPair& pair : numbers.pairs)
    pairs.add(Value::map()
                  .set("name", pair.name)
                  .set("before", or_null(pair.before))
                  .set("after", or_null(pair.after))
                  .set("change", pair.before && pair.after ? Value(*pair.after - *pair.before) : Value())
                  .set("judgement", k_judgements[static_cast<size_t>(pair.judgement)]));
  return Value::map().set("numbers", std::move(pairs)).set("remarks", list_of(numbers.remarks));
}

}  // namespace

std::string to_json(const comparison::Comparison& comparison, const Snapshot& before, const Snapshot& after) {
  Value groups = Value::map();
  for (const comparison::Group& group : comparison.groups) {
    Value differences = Value::list();
    for (const comparison::Difference& difference : group.differences)
      differences.add(Value::map().set("name", difference.name).set("before", or_null(difference.before)).set("after", or_null(difference.after)));
    groups.set(group.name, Value::map().set("differences", std::move(differences)).set("remark", text_or_null(group.remark)));
  }
  Value notes = Value::list();
  for (const comparison::NotesDifference& difference : comparison.notes)
    notes.add(Value::map()
                  .set("version", difference.version.to_string())
                  .set("state", difference.is_new ? "new" : "gone")
                  .set("summary", difference.summary)
                  .set("breaks", list_of(difference.breaks)));
  return document::to_json(Value::map()
                               .set("format_version", 1)
                               .set("model", after.manifest.name)
                               .set("same", comparison.is_same())
                               .set("before", side_of(before))
                               .set("after", side_of(after))
                               .set("interface", interface_of(comparison, before, after))
                               .set("metrics", numbers_of(comparison.metrics))
                               .set("performance", numbers_of(comparison.performance))
                               .set("groups", std::move(groups))
                               .set("notes", std::move(notes)),
                           document::JsonLayout::indented);
}

}  // namespace mops::cli
