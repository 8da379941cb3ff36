#pragma once

#include <string>
#include <vector>

namespace mops::page {

/// How values become places. `percentile`: a share p in [0, 1) lies at -log10(1 - p), so that 0.9, 0.99 and 0.999 are equally far
/// from one another.
enum class Scale { linear, logarithmic, percentile };

struct Tick {
  double value = 0;
  std::string label;
};

/// One direction of a chart.
class Axis {
 public:
  /// Widened to round numbers that hold `low` and `high`, which are finite (of a logarithmic axis positive, of a percentile axis below 1);
  /// the other way round or equal, they are moved apart.
  Axis(Scale scale, double low, double high);

  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  /// Where `value` lies: 0 at `low`, 1 at `high`; what is outside is moved to the nearer end.
  [[nodiscard]] double place(double value) const;
  /// Round values in [low, high], at most about ten.
  [[nodiscard]] const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  void set_linear(double low, double high);
  void set_logarithmic(double low, double high);
  void set_percentile(double high);

  Scale scale_;
  double low_ = 0;
  double high_ = 1;
  std::vector<Tick> ticks_;
};

/// A number for people: at most four significant digits, thousands with commas.
std::string short_number(double value);

}  // namespace mops::page
