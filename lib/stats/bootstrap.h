#pragma once

#include "stats/interval.h"
#include "stats/sample.h"

#include <stop_token>

namespace mops::stats {

class Generator;

struct BootstrapPlan {
  uint64_t resamples = 1000;
  uint64_t seed = 0;
};

/// Percentile intervals (Efron 1979; `scipy.stats.bootstrap(method="percentile")`), between which 95 % of the resamples' values lie: as many
/// rows are drawn, each as likely as any, again and again; ends are interpolated as numpy's `percentile` does. One for each of
/// `names`, which are metrics that the sample has a value of, in the order of `metrics_of`. Resamples in which a metric is undefined are left
/// out; nothing when these are more than half. The same plan gives the same intervals on any machine. Requires fewer than 2^32
/// rows. Error: interrupted.
using Intervals = std::vector<std::optional<Interval>>;
Result<Intervals> bootstrap(const Sample& sample, const std::vector<std::string_view>& names, const BootstrapPlan& plan, const std::stop_token& stop = {});

/// Of `second` less `first`, two models on the same rows: each resample takes the same rows of both, so that what makes a row hard for
/// both does not widen the interval.
Result<Intervals> bootstrap_difference(const Sample& first, const Sample& second, const std::vector<std::string_view>& names, const BootstrapPlan& plan,
                                       const std::stop_token& stop = {});

/// Draws as many rows as there are, each as likely as any (Lemire 2019), and counts them.
void draw_rows(Generator& generator, std::span<uint8_t> counts);

}  // namespace mops::stats
