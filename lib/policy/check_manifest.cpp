#include "policy/inspection.h"

#include "base/text.h"
#include "model/interface.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>

namespace mops::policy {
namespace {

using document::Document;
using document::Node;
using document::NodeKind;

std::vector<std::string> names_in(const Node* list) {
  std::vector<std::string> names;
  if (list == nullptr) return names;
  for (const Node& item : list->items)
    if (const std::string name = text_below(item, "name"); !name.empty()) names.push_back(name);
  return names;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class ManifestCheck {
 public:
  ManifestCheck(Inspection& inspection, const Document& document) : inspection_(inspection), document_(document), root_(*document.root()) {}

  void run() {
    for (const auto& [way, what] :
         {std::pair(find_below(&root_, {"interface", "inputs"}), "input"),
          std::pair(find_below(&root_, {"interface", "outputs"}), "output"), std::pair(root_.find("datasets"), "data set")})
      unique_names(way, what);
    for (const std::string_view side : {"inputs", "outputs"})
      if (const Node* tensors = find_below(&root_, {"interface", side}))
        for (const Node& tensor : tensors->items) tensor_values(tensor);
    port();
    certification();
    limits();
    production();
  }

 private:
  void add(std::string_view rule, const Node& node, std::string message, std::string help = {}) {
    inspection_.add(rule, document_, node, std::move(message), std::move(help));
  }

  void unique_names(const Node* list, std::string_view what) {
    std::map<std::string_view, const Node*> seen;
    if (list == nullptr) return;
    for (const Node& item : list->items) {
      const Node* name = item.find("name");
      if (name == nullptr || name->kind != NodeKind::string) continue;
      const auto [first, is_new] = seen.emplace(name->text, name);
      if (is_new) continue;
      add("manifest/duplicate-name", *name, fmt::format("{} `{}` is listed twice", what, name->text), "give one of the two another name");
      inspection_.add_label(document_, *first->second, "first listed here");
    }
  }

  void tensor_values(const Node& tensor) {
    const std::string datatype = text_below(tensor, "datatype");
    const document::Entry* range = tensor.find_entry("range");
    const document::Entry* categories = tensor.find_entry("categories");
    if (range != nullptr && (datatype == "BYTES" || datatype == "BOOL"))
      add("manifest/datatype", range->key, fmt::format("found `range` beside datatype `{}`, expected a number", datatype),
          datatype == "BYTES" ? "a text has `categories`" : "remove it: a boolean has two values");
    if (categories != nullptr && model::parse_datatype(datatype) && datatype != "BYTES")
      add("manifest/datatype", categories->key, fmt::format("found `categories` beside datatype `{}`, expected `BYTES`", datatype), "only texts have categories; a number has a `range`");
    if (range == nullptr || range->value.items.size() != 2) return;
    const Node& low = range->value.items[0];
    const Node& high = range->value.items[1];
    if (low.is_number() && high.is_number() && low.number > high.number)
      add("manifest/empty-range", range->value,
          fmt::format("the range of `{}` begins at `{}`, above its end `{}`", text_below(tensor, "name"), low.text, high.text), "swap the two");
  }

  void port() {
    const Node* command = find_below(&root_, {"serving", "command"});
    if (command == nullptr || command->items.empty()) return;
    // `{port}` without quotes is no text; the schema says so.
    if (std::any_of(command->items.begin(), command->items.end(), [](const Node& word) { return word.kind == NodeKind::map; })) return;
    const auto names_port = [](const Node& word) { return word.text.find("{port}") != std::string_view::npos; };
    const Node* variables = find_below(&root_, {"serving", "variables"});
    const bool in_variables = variables != nullptr && std::any_of(variables->entries.begin(), variables->entries.end(),
                                                                  [&](const document::Entry& e) { return names_port(e.value); });
    if (!in_variables && std::none_of(command->items.begin(), command->items.end(), names_port))
      add("manifest/no-port", *command, "the serving command has no `{port}`",
          "several versions run side by side: let the command take the port to listen on from `{port}`");
  }

  void certification() {
    const Node* certification = root_.find("certification");
    if (certification == nullptr) return;
    if (const Node* dataset = certification->find("dataset"); dataset != nullptr && dataset->kind == NodeKind::string) {
      const Node* datasets = root_.find("datasets");
      const Node* found = nullptr;
      if (datasets != nullptr)
        for (const Node& item : datasets->items)
          if (text_below(item, "name") == dataset->text) found = &item;
      if (found == nullptr && (datasets == nullptr || datasets->kind == NodeKind::list))
        add("manifest/unknown-dataset", *dataset, fmt::format("data set `{}` is not listed", dataset->text),
            suggestion(dataset->text, names_in(datasets), names_in(datasets).empty() ? "list it under `datasets`" : fmt::format("choose {}, or list it under `datasets`", quoted_list(names_in(datasets), "or"))));
      else if (const std::string role = found == nullptr ? std::string() : text_below(*found, "role"); role == "train" || role == "reference")
        add("manifest/dataset-role", *dataset, fmt::format("data set `{}` has role `{}`, expected `holdout`", dataset->text, role),
            "certification needs rows that training has not seen");
    }
    const std::vector<std::string> outputs = names_in(find_below(&root_, {"interface", "outputs"}));
    for (const std::string_view key : {"score", "prediction"}) {
      const Node* name = certification->find(key);
      if (name != nullptr && name->kind == NodeKind::string && !outputs.empty() && !has(outputs, name->text))
        add("manifest/unknown-output", *name, fmt::format("`{}` names `{}`, which is not an output", key, name->text),
            suggestion(name->text, outputs, fmt::format("choose {}, or list it under `interface.outputs`", quoted_list(outputs, "or"))));
    }
  }

  void limits() {
    limits_of(find_below(&root_, {"certification", "metrics"}));
    const Node* own = find_below(&root_, {"certification", "own_metrics"});
    if (own == nullptr) return;
    std::map<std::string_view, const Node*> computed;
    for (const Node& item : own->items) {
      const Node* metrics = item.find("metrics");
      limits_of(metrics);
      if (metrics == nullptr) continue;
      for (const document::Entry& entry : metrics->entries)
        if (const auto [first, is_new] = computed.emplace(entry.key.text, &entry.key); !is_new) {
          add("manifest/duplicate-name", entry.key, fmt::format("two commands compute `{}`", entry.key.text), "give one of the two another name");
          inspection_.add_label(document_, *first->second, "first computed here");
        }
    }
  }

  void limits_of(const Node* metrics) {
    if (metrics == nullptr) return;
    for (const document::Entry& entry : metrics->entries) {
      const Node* low = entry.value.find("min");
      const Node* high = entry.value.find("max");
      if (low != nullptr && high != nullptr && low->is_number() && high->is_number() && low->number > high->number)
        add("manifest/empty-range", entry.value,
            fmt::format("`min` of `{}` is `{}`, above its `max` `{}`", entry.key.text, low->text, high->text), "swap the two");
    }
  }

  /// What a prototype may leave open.
  void production() {
    constexpr std::string_view k_rule = "manifest/incomplete";
    if (root_.kind != NodeKind::map) return;
    const auto want = [&](std::initializer_list<std::string_view> way, std::string_view name, std::string_view help) {
      const Node* value = &root_;
      for (const std::string_view key : way) {
        // Of a slip, and of another value where a map belongs, the schema has told already.
        if (value->kind != NodeKind::map || inspection_.has_slip_of(key, document_, *value)) return;
        value = value->find(key);
        if (value == nullptr) break;
      }
      if (value != nullptr && (value->kind != NodeKind::map || !value->entries.empty())) return;
      const document::Entry* top = root_.find_entry(*way.begin());
      const Span begin{.begin = root_.span.begin, .end = root_.span.begin};
      inspection_.add(k_rule, k_manifest_path, top == nullptr ? begin : top->key.span,
                      fmt::format("`{}` is missing, which level `production` needs", name), std::string(help));
    };
    want({"description"}, "description", "say in one sentence what the model predicts and from what");
    want({"certification"}, "certification", "name the holdout data set, its target column and the limits");
    if (root_.find("certification") != nullptr) {
      want({"certification", "metrics"}, "certification.metrics", "set a limit on at least one metric");
      want({"certification", "latency", "p99_ms"}, "certification.latency.p99_ms", "set the limit that clients rely on");
    }
    if (const Node* inputs = find_below(&root_, {"interface", "inputs"})) {
      for (const Node& tensor : inputs->items)
        if (const Node* name = tensor.find("name"); name != nullptr && tensor.find("sensitivity") == nullptr && !inspection_.has_slip_of("sensitivity", document_, tensor))
          add(k_rule, *name, fmt::format("input `{}` has no `sensitivity`, which level `production` needs", name->text),
              "`none`, `personal` or `secret` decides what logs may show");
    }
    if (const Node* datasets = root_.find("datasets")) {
      for (const Node& dataset : datasets->items)
        if (const Node* name = dataset.find("name"); name != nullptr && dataset.find("sha256") == nullptr && !inspection_.has_slip_of("sha256", document_, dataset))
          add(k_rule, *name, fmt::format("data set `{}` has no `sha256`, which level `production` needs", name->text),
              "`sha256sum FILE` prints it");
    }
  }

  Inspection& inspection_;
  const Document& document_;
  const Node& root_;
};

}  // namespace

void inspect_manifest(Inspection& inspection, const Document& manifest) { ManifestCheck(inspection, manifest).run(); }

}  // namespace mops::policy
