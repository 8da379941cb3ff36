#pragma once

#include "policy/program.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mops::policy {

/// Which children of one list or map have been looked at by some keyword: what `unevaluated...` goes by.
class Seen {
 public:
  void add(size_t index);
  void add_front(size_t count);
  void add_all() { all_ = true; }
  void add(const Seen& other);
  [[nodiscard]] bool has(size_t index) const { return all_ || (index / 64 < bits_.size() && (bits_[index / 64] >> (index % 64) & 1) != 0); }

 private:
  bool all_ = false;
  std::vector<uint64_t> bits_;
};

/// Decides whether instances fit a program. One per thread and instance; holds the dynamic scope.
class Evaluator {
 public:
  explicit Evaluator(const Program& program) : program_(program) {}

  /// `seen` collects what was looked at in `value`, when somebody asks; on misfit its content means nothing.
  bool fits(SchemaIndex schema, const document::Node& value, Seen* seen = nullptr);
  /// The same without `unevaluatedProperties` and `unevaluatedItems` of this schema itself.
  bool fits_but_unevaluated(const Subschema& schema, const document::Node& value, Seen* seen);
  /// What `$dynamicRef` of `schema` means here.
  [[nodiscard]] SchemaIndex dynamic_target(const Subschema& schema) const;
  /// How many items fit `contains`; marks them.
  uint64_t count_contained(const Subschema& schema, const document::Node& list, Seen* seen);

  /// True once an evaluation was given up: too deep, or too much work. Nothing fits from then on.
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  [[nodiscard]] PatternScratch& scratch() { return scratch_; }

  /// The dynamic scope while one schema is looked at; false: given up.
  class Visit {
   public:
    Visit(Evaluator& evaluator, const Subschema& schema);
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    ~Visit();
    explicit operator bool() const { return !evaluator_.gave_up_; }

   private:
    Evaluator& evaluator_;
    bool pushed_ = false;
  };

 private:
  bool applicators_fit(const Subschema& schema, const document::Node& value, Seen* seen);
  bool alternatives_fit(const Subschema& schema, const document::Node& value, Seen* seen);
  bool condition_fits(const Subschema& schema, const document::Node& value, Seen* seen);
  bool map_fits(const Subschema& schema, const document::Node& map, Seen* seen);
  bool list_fits(const Subschema& schema, const document::Node& list, Seen* seen);
  bool unevaluated_fits(const Subschema& schema, const document::Node& value, const Seen& seen);

  const Program& program_;
  PatternScratch scratch_;
  std::vector<uint32_t> scope_;
  uint32_t depth_ = 0;
  uint64_t steps_ = 0;
  bool gave_up_ = false;
};

}  // namespace mops::policy
