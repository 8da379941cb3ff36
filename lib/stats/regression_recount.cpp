#include "stats/radix_sort.h"
#include "stats/recounts.h"
#include "stats/regression.h"
#include "stats/weighted_mean.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mops::stats {
namespace {

constexpr double k_undefined = std::numeric_limits<double>::quiet_NaN();

class RegressionRecount final : public Recount {
 public:
  RegressionRecount(const RegressionSample::Columns& columns, std::vector<std::string_view> names) : names_(std::move(names)), weights_(columns.weights) {
    const size_t rows = columns.truth.size();
    const auto squared = [](double value) { return value * value; };
    const double center = weighted_mean(rows, weights_, [&](size_t i) { return columns.truth[i]; });
    distances_ = weighted_terms(rows, {}, [&](size_t i) { return std::fabs(columns.predicted[i] - columns.truth[i]); });
    absolute_ = weighted_terms(rows, weights_, [&](size_t i) { return distances_[i]; });
    squared_ = weighted_terms(rows, weights_, [&](size_t i) { return squared(distances_[i]); });
    percentage_ = weighted_terms(rows, weights_, [&](size_t i) { return percentage_error(columns.truth[i], columns.predicted[i]); });
    pinball_ = weighted_terms(rows, weights_, [&](size_t i) { return pinball_loss(columns.truth[i], columns.predicted[i], columns.quantile); });
    centered_ = weighted_terms(rows, weights_, [&](size_t i) { return columns.truth[i] - center; });
    centered_squared_ = weighted_terms(rows, weights_, [&](size_t i) { return squared(columns.truth[i] - center); });
    order_.resize(rows);
    std::iota(order_.begin(), order_.end(), 0);
    radix_sort(order_, [this](uint32_t row) { return order_key(distances_[row]); });
  }

  void measure(RowCounts counts, std::span<double> values) override {
    const double all = weights_.empty() ? static_cast<double>(distances_.size()) : counted_sum(counts, weights_);
    for (size_t i = 0; i < names_.size(); ++i) values[i] = all == 0 ? k_undefined : value_of(names_[i], counts, all);
  }

 private:
  [[nodiscard]] double weight(size_t row) const { return weights_.empty() ? 1 : weights_[row]; }

  [[nodiscard]] double value_of(std::string_view name, RowCounts counts, double all) const {
    if (name == "mean_absolute_error") return counted_sum(counts, absolute_) / all;
    if (name == "mean_squared_error") return counted_sum(counts, squared_) / all;
    if (name == "root_mean_squared_error") return std::sqrt(counted_sum(counts, squared_) / all);
    if (name == "median_absolute_error") return median(counts, all);
    if (name == "mean_absolute_percentage_error") return counted_sum(counts, percentage_) / all;
    if (name == "max_error") return largest(counts);
    if (name == "r2") return r2(counts, all);
    return counted_sum(counts, pinball_) / all;
  }

  [[nodiscard]] double median(RowCounts counts, double all) const {
    const double half = 0.5 * all;
    double reached = 0;
    for (size_t i = 0; i < order_.size(); ++i) {
      const uint32_t row = order_[i];
      reached += counts[row] * weight(row);
      if (reached < half) continue;
      if (reached - half > std::numeric_limits<double>::epsilon()) return distances_[row];
      for (size_t next = i + 1; next < order_.size(); ++next)
        if (counts[order_[next]] * weight(order_[next]) != 0) return (distances_[row] + distances_[order_[next]]) / 2;
      return distances_[row];
    }
    return distances_[order_.back()];
  }

  [[nodiscard]] double largest(RowCounts counts) const {
    for (size_t i = order_.size(); i > 0; --i)
      if (counts[order_[i - 1]] != 0) return distances_[order_[i - 1]];
    return k_undefined;
  }

  [[nodiscard]] double r2(RowCounts counts, double all) const {
    const double offset = counted_sum(counts, centered_);
    const double squares = counted_sum(counts, centered_squared_);
    const double total = squares - offset * offset / all;
    const double residual = counted_sum(counts, squared_);
    // A resample of equal values leaves what was rounded.
    if (total <= squares * 1e-13) return residual == 0 ? 1.0 : 0.0;
    return 1 - residual / total;
  }

  std::vector<std::string_view> names_;
  std::vector<double> weights_;
  std::vector<double> distances_;
  std::vector<uint32_t> order_;  ///< by rising distance
  // By row, multiplied by its weight.
  std::vector<double> absolute_;
  std::vector<double> squared_;
  std::vector<double> percentage_;
  std::vector<double> pinball_;
  std::vector<double> centered_;
  std::vector<double> centered_squared_;
};

}  // namespace

std::unique_ptr<Recount> make_recount(const RegressionSample::Columns& columns, std::vector<std::string_view> names) {
  return std::make_unique<RegressionRecount>(columns, std::move(names));
}

}  // namespace mops::stats
