#include "stats/order.h"
#include "stats/recounts.h"
#include "stats/regression.h"
#include "stats/weighted_mean.h"

#include <cmath>

namespace mops::stats {
namespace {

class RegressionRecount final : public Recount {
 public:
  RegressionRecount(const RegressionSample::Columns& columns, std::vector<std::string_view> names) : names_(std::move(names)), weights_(columns.weights) {
    const size_t rows = columns.truth.size();
    const auto squared = [](double value) { return value * value; };
    distances_ = weighted_terms(rows, {}, [&](size_t i) { return std::fabs(columns.predicted[i] - columns.truth[i]); });
    if (has("mean_absolute_error")) absolute_ = weighted_terms(rows, weights_, [&](size_t i) { return distances_[i]; });
    if (has("mean_squared_error") || has("root_mean_squared_error") || has("r2")) squared_ = weighted_terms(rows, weights_, [&](size_t i) { return squared(distances_[i]); });
    if (has("mean_absolute_percentage_error"))
      percentage_ = weighted_terms(rows, weights_, [&](size_t i) { return percentage_error(columns.truth[i], columns.predicted[i]); });
    if (has("mean_pinball_loss"))
      pinball_ = weighted_terms(rows, weights_, [&](size_t i) { return pinball_loss(columns.truth[i], columns.predicted[i], columns.quantile); });
    if (has("r2")) {
      const double center = weighted_mean(rows, weights_, [&](size_t i) { return columns.truth[i]; });
      centered_ = weighted_terms(rows, weights_, [&](size_t i) { return columns.truth[i] - center; });
      centered_squared_ = weighted_terms(rows, weights_, [&](size_t i) { return squared(columns.truth[i] - center); });
    }
    if (has("median_absolute_error") || has("max_error")) order_ = rising_order(distances_);
  }

  void measure(RowCounts counts, std::span<double> values) override {
    const double all = weights_.empty() ? static_cast<double>(distances_.size()) : counted_sum(counts, weights_);
    for (size_t i = 0; i < names_.size(); ++i) values[i] = all == 0 ? k_undefined : value_of(names_[i], counts, all);
  }

 private:
  [[nodiscard]] bool has(std::string_view name) const { return has_name(names_, name); }
  [[nodiscard]] double weight(size_t row) const { return weights_.empty() ? 1 : weights_[row]; }

  [[nodiscard]] double value_of(std::string_view name, RowCounts counts, double all) const {
    if (name == "mean_absolute_error") return counted_sum(counts, absolute_) / all;
    if (name == "mean_squared_error") return counted_sum(counts, squared_) / all;
    if (name == "root_mean_squared_error") return std::sqrt(counted_sum(counts, squared_) / all);
    if (name == "median_absolute_error") return weighted_median(distances_, order_, all, [&](uint32_t row) { return counts[row] * weight(row); });
    if (name == "mean_absolute_percentage_error") return counted_sum(counts, percentage_) / all;
    if (name == "max_error") return largest(counts);
    if (name == "r2") return r2(counts, all);
    return counted_sum(counts, pinball_) / all;
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
