#pragma once

#include "comparison/snapshot.h"
#include "model/compatibility.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::comparison {

/// One thing that is not the same. Absent on a side: it has none.
struct Difference {
  std::string name;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

/// Differences of one kind. `remark`: what could not be compared, and why; empty when everything was.
struct Group {
  std::string name;
  std::vector<Difference> differences;
  std::string remark;
};

enum class Judgement { same, better, worse, unknown };

/// One number of the certificates, whether it differs or not.
struct NumberPair {
  std::string name;
  std::optional<double> before;
  std::optional<double> after;
  Judgement judgement = Judgement::unknown;
};

struct Numbers {
  std::vector<NumberPair> pairs;
  std::vector<std::string> remarks;  ///< what is missing, or makes the numbers hard to compare
};

/// Notes that only one side has.
struct NotesDifference {
  model::Version version;
  bool is_new = true;  ///< the later side has them; else they are gone
  std::string summary;
  std::vector<std::string> breaks;  ///< lines that begin with `BREAKING`
};

/// What differs between two states of a model.
struct Comparison {
  model::InterfaceComparison interface;
  Numbers metrics;
  Numbers performance;
  std::vector<Group> groups;  ///< environment, packages, artifacts, serving, resources, data, limits, card, manifest: always all
  std::vector<NotesDifference> notes;

  [[nodiscard]] bool is_same() const;
};

Comparison compare(const Snapshot& before, const Snapshot& after);

/// Whether a release steps far enough from another; nullopt unless both are releases and `to` is the later one.
struct Step {
  model::Bump demanded = model::Bump::patch;
  model::Bump made = model::Bump::patch;
  [[nodiscard]] bool is_enough() const { return made >= demanded; }
};
std::optional<Step> step_between(const Snapshot& from, const Snapshot& to, const model::InterfaceComparison& change);

}  // namespace mops::comparison
