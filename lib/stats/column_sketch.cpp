#include "stats/column_sketch.h"

#include <cmath>

namespace mops::stats {

void ColumnSketch::add(double value) {
  if (std::isnan(value)) ++missing;
  else std::get<QuantileSketch>(values).add(value);
}

void ColumnSketch::add(std::string_view text) { std::get<HeavyHitters>(values).add(text); }

void ColumnSketch::merge(const ColumnSketch& other) {
  missing += other.missing;
  std::visit([&](auto& mine) { mine.merge(std::get<std::decay_t<decltype(mine)>>(other.values)); }, values);
}

uint64_t ColumnSketch::rows() const {
  return missing + std::visit([](const auto& seen) { return seen.count(); }, values);
}

}  // namespace mops::stats
