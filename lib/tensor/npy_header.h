#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mops::tensor {

constexpr std::string_view k_npy_magic = "\x93NUMPY";

enum class NpyKind : uint8_t { boolean, signed_integer, unsigned_integer, floating, bytes, unicode, other };

/// A named field of a record. `other` (objects, complex numbers, dates, arrays within a record, big-endian numbers) is only
/// refused when it is asked for.
struct NpyField {
  std::string name;
  std::string type;  ///< as written: `<f8`
  NpyKind kind = NpyKind::other;
  size_t offset = 0;
  size_t size = 0;  ///< bytes in a record
};

/// The header of a one-dimensional `.npy` file with named fields (NumPy's format versions 1 to 3).
struct NpyHeader {
  std::vector<NpyField> fields;
  size_t rows = 0;
  size_t record_size = 0;
  size_t data_begin = 0;  ///< where the first record is

  /// Error: invalid, `path: …`: no such file, pickled objects, no names, more than one dimension, or shorter than it says.
  static Result<NpyHeader> parse(const std::string& path, std::string_view bytes);
};

}  // namespace mops::tensor
