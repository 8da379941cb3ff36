#include "policy/leaves.h"

#include "base/text.h"
#include "policy/equality.h"

#include <algorithm>

namespace mops::policy {
namespace {

using document::Node;
using document::NodeKind;

/// JSON has no `.inf` and no `.nan`, so that they are no numbers to a schema.
bool is_in_json(const Node& number) {
  const char last = number.text.empty() ? '0' : static_cast<char>(number.text.back() | 0x20);
  return last != 'f' && last != 'n';
}

uint32_t number_misfits(const Program& program, const Subschema& s, const Node& value) {
  uint32_t bits = 0;
  if (s.minimum != nullptr && !(compare_numbers(value, *s.minimum) >= 0)) bits |= leaf_minimum;
  if (s.exclusive_minimum != nullptr && !(compare_numbers(value, *s.exclusive_minimum) > 0)) bits |= leaf_exclusive_minimum;
  if (s.maximum != nullptr && !(compare_numbers(value, *s.maximum) <= 0)) bits |= leaf_maximum;
  if (s.exclusive_maximum != nullptr && !(compare_numbers(value, *s.exclusive_maximum) < 0)) bits |= leaf_exclusive_maximum;
  if (s.divisor != k_none && !program.divisors[s.divisor].divides(value)) bits |= leaf_multiple_of;
  return bits;
}

uint32_t text_misfits(const Program& program, const Subschema& s, const Node& value, PatternScratch& scratch, Effort effort) {
  uint32_t bits = 0;
  if (s.min_length > 0 || s.max_length < value.text.size()) {
    const size_t length = count_code_points(value.text);
    if (length < s.min_length) bits |= leaf_min_length;
    if (length > s.max_length) bits |= leaf_max_length;
  }
  if (bits != 0 && effort == Effort::first_misfit) return bits;
  if (s.pattern != k_none) {
    const Match match = program.patterns[s.pattern].search(value.text, scratch);
    if (match == Match::no) bits |= leaf_pattern;
    if (match == Match::gave_up) bits |= leaf_pattern_gave_up;
  }
  if (s.format && !fits_format(*s.format, value.text)) bits |= leaf_format;
  return bits;
}

}  // namespace

uint8_t types_of(const Node& value) {
  switch (value.kind) {
    case NodeKind::null: return type_null;
    case NodeKind::boolean: return type_boolean;
    case NodeKind::integer: return type_integer | type_number;
    case NodeKind::number: return !is_in_json(value) ? 0 : is_integral(value) ? type_integer | type_number : type_number;
    case NodeKind::string: return type_string;
    case NodeKind::list: return type_list;
    case NodeKind::map: return type_map;
  }
  return 0;
}

uint32_t leaf_misfits(const Program& program, const Subschema& s, const Node& value, PatternScratch& scratch, Effort effort) {
  uint32_t bits = 0;
  if (s.constant != nullptr && !equal_values(value, *s.constant)) bits |= leaf_constant;
  if (s.choices != nullptr &&
      std::none_of(s.choices->items.begin(), s.choices->items.end(), [&](const Node& choice) { return equal_values(value, choice); }))
    bits |= leaf_choices;
  if (bits != 0 && effort == Effort::first_misfit) return bits;
  switch (value.kind) {
    case NodeKind::integer:
    case NodeKind::number: return bits | number_misfits(program, s, value);
    case NodeKind::string: return bits | text_misfits(program, s, value, scratch, effort);
    case NodeKind::list:
      if (value.items.size() < s.min_items) bits |= leaf_min_items;
      if (value.items.size() > s.max_items) bits |= leaf_max_items;
      if (s.unique_items && find_equal_items(value.items)) bits |= leaf_unique_items;
      return bits;
    case NodeKind::map:
      if (value.entries.size() < s.min_properties) bits |= leaf_min_properties;
      if (value.entries.size() > s.max_properties) bits |= leaf_max_properties;
      return bits;
    default: return bits;
  }
}

}  // namespace mops::policy
