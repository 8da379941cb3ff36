#pragma once

#include "policy/program.h"

#include <cstdint>

namespace mops::policy {

/// The keywords that look at one value alone. Bits, in the order in which misfits are told.
enum Leaf : uint32_t {
  leaf_constant = 1 << 0,
  leaf_choices = 1 << 1,
  leaf_minimum = 1 << 2,
  leaf_exclusive_minimum = 1 << 3,
  leaf_maximum = 1 << 4,
  leaf_exclusive_maximum = 1 << 5,
  leaf_multiple_of = 1 << 6,
  leaf_min_length = 1 << 7,
  leaf_max_length = 1 << 8,
  leaf_pattern = 1 << 9,
  leaf_pattern_gave_up = 1 << 10,
  leaf_format = 1 << 11,
  leaf_min_items = 1 << 12,
  leaf_max_items = 1 << 13,
  leaf_unique_items = 1 << 14,
  leaf_min_properties = 1 << 15,
  leaf_max_properties = 1 << 16,
};
inline constexpr uint32_t k_leaf_end = 1 << 17;

enum class Effort { first_misfit, all_misfits };

/// The leaf keywords of `schema` that `value` does not fit: one of them, or all.
uint32_t leaf_misfits(const Program& program, const Subschema& schema, const document::Node& value, PatternScratch& scratch, Effort effort);

/// The bits of TypeBit that `value` has.
uint8_t types_of(const document::Node& value);

}  // namespace mops::policy
