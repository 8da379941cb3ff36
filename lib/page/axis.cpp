#include "page/axis.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace mops::page {
namespace {

/// 1, 2 or 5 times a power of ten, at least `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

}  // namespace

std::string short_number(double value) {
  if (!std::isfinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  std::string text = std::abs(value) >= 9'999.5 && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
  if (text.find('e') != std::string::npos) return text;
  const size_t first = text.starts_with('-') ? 1 : 0;
  const size_t point = std::min(text.find('.'), text.size());
  for (size_t at = point; at > first + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

Axis::Axis(Scale scale, double low, double high) : scale_(scale) {
  if (low > high) std::swap(low, high);
  if (scale == Scale::linear) set_linear(low, high);
  else if (scale == Scale::logarithmic) set_logarithmic(low, high);
  else set_percentile(high);
}

void Axis::set_linear(double low, double high) {
  if (!(high - low > std::max(std::abs(low), std::abs(high)) * 1e-12)) {
    const double half = low == 0 ? 0.5 : std::abs(low) / 10;
    low -= half;
    high += half;
  }
  constexpr double k_about = 5;
  const double step = round_step((high - low) / k_about);
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  low_ = first * step;
  high_ = last * step;
  for (double at = first; at <= last; ++at) ticks_.push_back({.value = at * step, .label = short_number(at * step)});
}

void Axis::set_logarithmic(double low, double high) {
  double first = std::floor(std::log10(low) + 1e-9);
  const double last = std::max(std::ceil(std::log10(high) - 1e-9), first + 1);
  low_ = std::pow(10.0, first);
  high_ = std::pow(10.0, last);
  const double every = std::ceil((last - first) / 8);
  for (; first <= last; first += every) {
    const double decade = std::pow(10.0, first);
    for (const double factor : {1.0, 2.0, 5.0}) {
      // Of few decades also what lies between them.
      if ((factor > 1 && last - std::log10(low_) > 2) || decade * factor > high_ * (1 + 1e-9)) continue;
      ticks_.push_back({.value = decade * factor, .label = short_number(decade * factor)});
    }
  }
}

void Axis::set_percentile(double high) {
  low_ = 0;
  ticks_ = {{.value = 0, .label = "0 %"}, {.value = 0.5, .label = "50 %"}};
  for (double rest = 0.1, digits = 0; ticks_.size() < 8; rest /= 10, ++digits) {
    ticks_.push_back({.value = 1 - rest, .label = fmt::format("{:.{}f} %", 100 - rest * 100, std::max(0, static_cast<int>(digits) - 1))});
    if (1 - rest >= high) break;
  }
  high_ = ticks_.back().value;
}

double Axis::place(double value) const {
  const auto at = [this](double v) { return scale_ == Scale::linear ? v : scale_ == Scale::logarithmic ? std::log10(v) : -std::log10(1 - v); };
  const double inside = std::clamp(value, low_, high_);
  return (at(inside) - at(low_)) / (at(high_) - at(low_));
}

}  // namespace mops::page
