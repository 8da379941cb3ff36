#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::model {

/// Datatypes of the Open Inference Protocol v2.
enum class Datatype { boolean, uint8, uint16, uint32, uint64, int8, int16, int32, int64, fp16, fp32, fp64, bf16, bytes };

std::optional<Datatype> parse_datatype(std::string_view text);
std::string_view to_string(Datatype type);  ///< `FP64`, `BYTES` …
bool is_integer(Datatype type);
bool is_floating(Datatype type);

enum class Sensitivity { none, personal, secret };
std::string_view to_string(Sensitivity sensitivity);

/// One named tensor. `shape`: -1 is variable; the first dimension is the number of rows.
struct Tensor {
  std::string name;
  Datatype datatype = Datatype::fp64;
  std::vector<int64_t> shape = {-1};
  bool nullable = false;
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
  std::vector<std::string> categories = {};  ///< the allowed texts of a BYTES column; empty: any
  Sensitivity sensitivity = Sensitivity::none;
  std::string description = {};
};

/// The contract of a model: what goes in, what comes out, in the order of the manifest.
struct Interface {
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

}  // namespace mops::model
