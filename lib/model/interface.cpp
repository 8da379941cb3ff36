#include "model/interface.h"

#include <array>
#include <utility>

namespace mops::model {
namespace {

constexpr std::array<std::pair<std::string_view, Datatype>, 14> k_datatypes = {{{"BOOL", Datatype::boolean},
                                                                               {"UINT8", Datatype::uint8},
                                                                               {"UINT16", Datatype::uint16},
                                                                               {"UINT32", Datatype::uint32},
                                                                               {"UINT64", Datatype::uint64},
                                                                               {"INT8", Datatype::int8},
                                                                               {"INT16", Datatype::int16},
                                                                               {"INT32", Datatype::int32},
                                                                               {"INT64", Datatype::int64},
                                                                               {"FP16", Datatype::fp16},
                                                                               {"FP32", Datatype::fp32},
                                                                               {"FP64", Datatype::fp64},
                                                                               {"BF16", Datatype::bf16},
                                                                               {"BYTES", Datatype::bytes}}};

}  // namespace

std::optional<Datatype> parse_datatype(std::string_view text) {
  for (const auto& [word, type] : k_datatypes)
    if (word == text) return type;
  return std::nullopt;
}

std::string_view to_string(Datatype type) {
  for (const auto& [word, candidate] : k_datatypes)
    if (candidate == type) return word;
  return {};
}

std::string_view to_string(Sensitivity sensitivity) {
  switch (sensitivity) {
    case Sensitivity::none: return "none";
    case Sensitivity::personal: return "personal";
    case Sensitivity::secret: return "secret";
  }
  return {};
}

bool is_integer(Datatype type) { return type >= Datatype::uint8 && type <= Datatype::int64; }

bool is_floating(Datatype type) { return type >= Datatype::fp16 && type <= Datatype::bf16; }

}  // namespace mops::model
