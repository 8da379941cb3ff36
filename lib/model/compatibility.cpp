#include "model/compatibility.h"

#include "base/text.h"
#include "model/value_domain.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace mops::model {
namespace {

constexpr std::array<std::string_view, 4> k_compatibilities = {"NONE", "FORWARD", "BACKWARD", "FULL"};

std::string named(ChangePlace place, const Tensor& tensor) { return fmt::format("{} `{}`", to_string(place), tensor.name); }

std::string some_of(const std::vector<std::string>& words) {
  constexpr size_t k_shown = 5;
  if (words.size() <= k_shown) return quoted_list(words, "and");
  return fmt::format("`{}` and {} more", fmt::join(words.begin(), words.begin() + k_shown, "`, `"), words.size() - k_shown);
}

std::string categories_sentence(ChangePlace place, const Tensor& before, const Tensor& after) {
  const std::string_view verb = place == ChangePlace::input ? "take" : "give";
  if (before.categories.empty()) return fmt::format("{} {}s only {}, no longer any text", named(place, before), verb, some_of(after.categories));
  if (after.categories.empty()) return fmt::format("{} {}s any text, no longer only {}", named(place, before), verb, some_of(before.categories));
  const std::vector<std::string> gone = categories_without(before, after);
  const std::vector<std::string> fresh = categories_without(after, before);
  if (gone.empty()) return fmt::format("{} also {}s {}", named(place, before), verb, some_of(fresh));
  if (fresh.empty()) return fmt::format("{} no longer {}s {}", named(place, before), verb, some_of(gone));
  return fmt::format("{} {}s {}, no longer {}", named(place, before), verb, some_of(fresh), some_of(gone));
}

/// Finds what differs between the tensors of one side. Clients send inputs: these must keep to what the server takes. They read
/// outputs: what the server gives must keep to what they know.
class SideComparison {
 public:
  SideComparison(ChangePlace place, std::vector<InterfaceChange>& changes) : place_(place), changes_(changes) {}

  void compare(const std::vector<Tensor>& before, const std::vector<Tensor>& after) {
    const size_t first = changes_.size();
    std::vector<const Tensor*> removed;
    std::vector<const Tensor*> added;
    for (const Tensor& tensor : before) {
      if (const Tensor* same = find(after, tensor.name)) {
        compare_tensor(tensor, *same);
      } else {
        removed.push_back(&tensor);
        add_removed(tensor);
      }
    }
    for (const Tensor& tensor : after) {
      if (find(before, tensor.name) != nullptr) continue;
      added.push_back(&tensor);
      add_added(tensor);
    }
    suggest_names(removed, added, first);
  }

 private:
  static const Tensor* find(const std::vector<Tensor>& tensors, std::string_view name) {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) { return tensor.name == name; });
    return found == tensors.end() ? nullptr : &*found;
  }

  [[nodiscard]] bool is_input() const { return place_ == ChangePlace::input; }

  void add(const Tensor& tensor, ChangeKind kind, std::string sentence, bool breaks_backward, bool breaks_forward) {
    changes_.push_back({.place = place_,
                        .name = tensor.name,
                        .kind = kind,
                        .breaks_backward = breaks_backward,
                        .breaks_forward = breaks_forward,
                        .sentence = std::move(sentence)});
  }

  /// `within`: every value of the first is one of the second. Then clients that send the first are understood by a server of the
  /// second, and clients that know the second understand a server of the first.
  template <typename Within>
  void add_by_domain(const Tensor& before, const Tensor& after, ChangeKind kind, std::string sentence, Within within) {
    const bool narrowed = !within(before, after);
    const bool widened = !within(after, before);
    add(before, kind, std::move(sentence), is_input() ? narrowed : widened, is_input() ? widened : narrowed);
  }

  void add_removed(const Tensor& tensor) {
    if (is_input())
      add(tensor, ChangeKind::removed, fmt::format("{} is gone: a request that has it is refused", named(place_, tensor)), true, !tensor.nullable);
    else
      add(tensor, ChangeKind::removed, fmt::format("{} is gone from the answers", named(place_, tensor)), true, false);
  }

  void add_added(const Tensor& tensor) {
    if (!is_input()) add(tensor, ChangeKind::added, fmt::format("{} is new", named(place_, tensor)), false, true);
    else if (tensor.nullable) add(tensor, ChangeKind::added, fmt::format("{} is new and may be left out", named(place_, tensor)), false, true);
    else add(tensor, ChangeKind::added, fmt::format("{} is new and must be sent", named(place_, tensor)), true, true);
  }

  void compare_tensor(const Tensor& before, const Tensor& after) {
    const std::string name = named(place_, before);
    if (before.shape != after.shape)
      add_by_domain(before, after, ChangeKind::shape,
                    fmt::format("{} has shape [{}] instead of [{}]", name, fmt::join(after.shape, ", "), fmt::join(before.shape, ", ")), shape_is_within);
    if (before.nullable != after.nullable)
      add_by_domain(before, after, ChangeKind::nullable, fmt::format("{} {}", name, after.nullable ? "may be missing" : "may no longer be missing"),
                    nulls_are_within);
    if (before.datatype != after.datatype) {
      // Range and categories belong to the datatype: with another one they say nothing.
      add(before, ChangeKind::datatype, fmt::format("{} is {} instead of {}", name, to_string(after.datatype), to_string(before.datatype)), true, true);
    } else {
      if (before.minimum != after.minimum || before.maximum != after.maximum)
        add_by_domain(before, after, ChangeKind::range, fmt::format("{} is {} instead of {}", name, range_text(after), range_text(before)), range_is_within);
      if (!categories_without(before, after).empty() || !categories_without(after, before).empty())
        add_by_domain(before, after, ChangeKind::categories, categories_sentence(place_, before, after), categories_are_within);
    }
    if (before.sensitivity != after.sensitivity)
      add(before, ChangeKind::sensitivity, fmt::format("{} has sensitivity {} instead of {}", name, to_string(after.sensitivity), to_string(before.sensitivity)), false, false);
    if (before.description != after.description) add(before, ChangeKind::description, fmt::format("{} is described in other words", name), false, false);
  }

  /// Pairs what went with what came, the nearest names first.
  void suggest_names(std::vector<const Tensor*> removed, std::vector<const Tensor*> added, size_t first_change) {
    struct Pair {
      size_t distance;
      const Tensor* old_tensor;
      const Tensor* new_tensor;
    };
    std::vector<Pair> pairs;
    for (const Tensor* old_tensor : removed) {
      for (const Tensor* new_tensor : added) {
        if (old_tensor->datatype != new_tensor->datatype || old_tensor->shape != new_tensor->shape) continue;
        const std::string& a = old_tensor->name;
        const std::string& b = new_tensor->name;
        const size_t distance = edit_distance(a, b);
        const bool is_part = a.find(b) != std::string::npos || b.find(a) != std::string::npos;
        if (is_part || distance * 2 <= std::max(a.size(), b.size())) pairs.push_back({distance, old_tensor, new_tensor});
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.distance < b.distance; });
    std::vector<const Tensor*> paired;
    for (const Pair& pair : pairs) {
      const auto is_paired = [&](const Tensor* tensor) { return std::find(paired.begin(), paired.end(), tensor) != paired.end(); };
      if (is_paired(pair.old_tensor) || is_paired(pair.new_tensor)) continue;
      paired.insert(paired.end(), {pair.old_tensor, pair.new_tensor});
      const auto change = std::find_if(changes_.begin() + static_cast<std::ptrdiff_t>(first_change), changes_.end(), [&](const InterfaceChange& candidate) {
        return candidate.kind == ChangeKind::removed && candidate.name == pair.old_tensor->name;
      });
      change->resembles = pair.new_tensor->name;
      change->sentence += fmt::format("; `{}` may be its new name", pair.new_tensor->name);
    }
  }

  ChangePlace place_;
  std::vector<InterfaceChange>& changes_;
};

}  // namespace

std::string_view to_string(Compatibility compatibility) { return k_compatibilities[static_cast<size_t>(compatibility)]; }

std::optional<Compatibility> parse_compatibility(std::string_view text) {
  const auto* const found = std::find(k_compatibilities.begin(), k_compatibilities.end(), text);
  if (found == k_compatibilities.end()) return std::nullopt;
  return static_cast<Compatibility>(found - k_compatibilities.begin());
}

std::string_view to_string(Bump bump) {
  constexpr std::array<std::string_view, 3> k_words = {"patch", "minor", "major"};
  return k_words[static_cast<size_t>(bump)];
}

std::string_view to_string(ChangePlace place) {
  constexpr std::array<std::string_view, 3> k_words = {"input", "output", "service"};
  return k_words[static_cast<size_t>(place)];
}

std::string_view to_string(ChangeKind kind) {
  constexpr std::array<std::string_view, 11> k_words = {"added",      "removed",     "datatype",    "shape", "nullable", "range",
                                                        "categories", "sensitivity", "description", "url",   "task"};
  return k_words[static_cast<size_t>(kind)];
}

Bump InterfaceComparison::bump() const {
  if (compatibility == Compatibility::full) return Bump::patch;
  return compatibility == Compatibility::backward ? Bump::minor : Bump::major;
}

const InterfaceChange* InterfaceComparison::first_break() const {
  const auto found = std::find_if(changes.begin(), changes.end(), [](const InterfaceChange& change) { return change.breaks_backward; });
  return found == changes.end() ? nullptr : &*found;
}

const InterfaceChange* InterfaceComparison::decisive_change() const {
  if (const InterfaceChange* change = first_break()) return change;
  const auto found = std::find_if(changes.begin(), changes.end(), [](const InterfaceChange& change) { return change.breaks_forward; });
  return found == changes.end() ? nullptr : &*found;
}

InterfaceComparison compare_interfaces(const Manifest& before, const Manifest& after) {
  InterfaceComparison comparison;
  const auto add_service = [&](ChangeKind kind, std::string name, std::string sentence) {
    comparison.changes.push_back({.place = ChangePlace::service,
                                  .name = std::move(name),
                                  .kind = kind,
                                  .breaks_backward = true,
                                  .breaks_forward = true,
                                  .sentence = std::move(sentence)});
  };
  if (before.serving.model != after.serving.model)
    add_service(ChangeKind::url, "serving.model",
                fmt::format("the model is asked at /v2/models/{} instead of /v2/models/{}", after.serving.model, before.serving.model));
  if (before.task != after.task)
    add_service(ChangeKind::task, "task", fmt::format("the task is {} instead of {}", to_string(after.task), to_string(before.task)));
  SideComparison(ChangePlace::input, comparison.changes).compare(before.interface.inputs, after.interface.inputs);
  SideComparison(ChangePlace::output, comparison.changes).compare(before.interface.outputs, after.interface.outputs);

  const auto any = [&](bool InterfaceChange::*breaks) {
    return std::any_of(comparison.changes.begin(), comparison.changes.end(), [&](const InterfaceChange& change) { return change.*breaks; });
  };
  const bool is_backward = !any(&InterfaceChange::breaks_backward);
  const bool is_forward = !any(&InterfaceChange::breaks_forward);
  comparison.compatibility = is_backward ? (is_forward ? Compatibility::full : Compatibility::backward)
                                         : (is_forward ? Compatibility::forward : Compatibility::none);
  return comparison;
}

Bump bump_between(const Version& from, const Version& to) {
  if (from.major != to.major) return Bump::major;
  return from.minor != to.minor ? Bump::minor : Bump::patch;
}

Bump demanded_bump(const Version& from, Bump change) {
  if (!from.pre_release.empty()) return Bump::patch;
  if (from.major > 0) return change;
  return change == Bump::major ? Bump::minor : Bump::patch;
}

Version next_version(const Version& from, Bump bump) {
  switch (bump) {
    case Bump::major: return {.major = from.major + 1};
    case Bump::minor: return {.major = from.major, .minor = from.minor + 1};
    case Bump::patch: break;
  }
  return {.major = from.major, .minor = from.minor, .patch = from.patch + 1};
}

const Version* newest_below(std::span<const Version> versions, const Version& version) {
  const Version* newest = nullptr;
  for (const Version& candidate : versions)
    if (candidate.pre_release.empty() && candidate < version && (newest == nullptr || *newest < candidate)) newest = &candidate;
  return newest;
}

}  // namespace mops::model
