#pragma once

#include "document/document.h"
#include "policy/format.h"
#include "policy/number.h"
#include "policy/pattern.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mops::policy {

using SchemaIndex = uint32_t;
inline constexpr SchemaIndex k_none = UINT32_MAX;

/// A part of one of the pools of a Program.
struct PoolRange {
  uint32_t begin = 0;
  uint32_t count = 0;
  [[nodiscard]] bool empty() const { return count == 0; }
};

/// Types as bits, so that `integer` is part of `number`.
enum TypeBit : uint8_t {
  type_null = 1,
  type_boolean = 2,
  type_integer = 4,
  type_number = 8,
  type_string = 16,
  type_list = 32,
  type_map = 64
};
inline constexpr uint8_t k_any_type = 127;

struct NamedSchema {
  std::string_view name;
  SchemaIndex schema = k_none;
};
struct PatternSchema {
  uint32_t pattern = 0;
  SchemaIndex schema = k_none;
};
struct NamedKeys {
  std::string_view name;
  PoolRange keys;  ///< of Program::texts
};

enum class Shape : uint8_t { accepts_all, rejects_all, keywords };

/// Keywords about maps, lists, numbers and texts are looked at only for such values; what is absent is k_none or nullopt.
struct Subschema {
  const document::Node* source = nullptr;
  uint32_t resource = 0;
  Shape shape = Shape::keywords;
  uint8_t types = k_any_type;
  bool has_leaf_keywords = false;  ///< any of const, enum and the limits
  bool has_applicators = false;    ///< any that apply another schema to the same place
  bool unique_items = false;

  SchemaIndex ref = k_none;
  SchemaIndex dynamic_ref = k_none;
  uint32_t dynamic_anchor = k_none;  ///< name in Program::dynamic_anchors that `dynamic_ref` looks for; k_none: it is a plain reference
  PoolRange all_of, any_of, one_of;  ///< of Program::schemas
  SchemaIndex not_schema = k_none;
  SchemaIndex if_schema = k_none;
  SchemaIndex then_schema = k_none;
  SchemaIndex else_schema = k_none;

  PoolRange properties;          ///< of Program::named, sorted by name
  PoolRange pattern_properties;  ///< of Program::by_pattern
  SchemaIndex additional_properties = k_none;
  SchemaIndex property_names = k_none;
  SchemaIndex unevaluated_properties = k_none;
  PoolRange dependent_schemas;   ///< of Program::named
  PoolRange dependent_required;  ///< of Program::named_keys
  PoolRange required;            ///< of Program::texts

  PoolRange prefix_items;  ///< of Program::schemas
  SchemaIndex items = k_none;
  SchemaIndex contains = k_none;
  SchemaIndex unevaluated_items = k_none;
  uint64_t min_contains = 1;
  uint64_t max_contains = UINT64_MAX;

  uint64_t min_items = 0, max_items = UINT64_MAX;
  uint64_t min_length = 0, max_length = UINT64_MAX;
  uint64_t min_properties = 0, max_properties = UINT64_MAX;
  const document::Node* minimum = nullptr;
  const document::Node* maximum = nullptr;
  const document::Node* exclusive_minimum = nullptr;
  const document::Node* exclusive_maximum = nullptr;
  const document::Node* multiple_of = nullptr;
  uint32_t divisor = k_none;  ///< of Program::divisors
  uint32_t pattern = k_none;  ///< of Program::patterns
  std::optional<Format> format;
  const document::Node* constant = nullptr;
  const document::Node* choices = nullptr;  ///< the list of `enum`
};

/// What a schema document compiles to: flat pools, no pointers between schemas.
struct Program {
  std::map<std::string, document::Document> found_documents;  ///< that SchemaOptions::find_more gave
  SchemaIndex root = 0;
  std::vector<Subschema> subschemas;
  std::vector<SchemaIndex> schemas;
  std::vector<NamedSchema> named;
  std::vector<PatternSchema> by_pattern;
  std::vector<NamedKeys> named_keys;
  std::vector<std::string_view> texts;
  std::vector<Pattern> patterns;
  std::vector<std::string_view> pattern_texts;
  std::vector<Divisor> divisors;
  /// Per name: the schema with that `$dynamicAnchor` in each resource that has one, sorted by resource.
  std::vector<std::pair<std::string_view, std::vector<std::pair<uint32_t, SchemaIndex>>>> dynamic_anchors;

  template <typename T>
  static std::span<const T> part(const std::vector<T>& pool, PoolRange range) {
    return std::span<const T>(pool).subspan(range.begin, range.count);
  }
  /// The schema of a property; k_none when `properties` does not name it.
  [[nodiscard]] SchemaIndex property(const Subschema& schema, std::string_view name) const;
};

}  // namespace mops::policy
