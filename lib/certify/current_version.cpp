#include "certify/current_version.h"

#include "certify/prediction.h"
#include "stats/paired.h"

namespace mops::certify {

Result<model::Manifest> asked_as(const model::Manifest& current, const model::Manifest& candidate) {
  if (current.task != candidate.task)
    return fail(ErrorCode::refused, fmt::format("it does {}, this version {}", model::to_string(current.task), model::to_string(candidate.task)));
  model::Manifest manifest = current;
  manifest.certification.target = candidate.certification.target;
  manifest.certification.positive = candidate.certification.positive;
  return manifest;
}

Result<evidence::Comparison> compare_with_current(const stats::Sample& current, const stats::Sample& candidate, const std::stop_token& stop) {
  evidence::Comparison comparison;
  MOPS_ASSIGN(const std::vector<stats::Difference> differences, stats::compare(current, candidate, {}, bootstrap_plan(candidate.rows()), stop));
  for (const stats::Difference& difference : differences) {
    evidence::MetricDifference& one = comparison.metrics.emplace_back(evidence::MetricDifference{.name = difference.name, .current = difference.first, .candidate = difference.second});
    if (!difference.interval) continue;
    one.low = difference.interval->low;
    one.high = difference.interval->high;
  }
  if (const auto test = stats::mcnemar(current, candidate))
    comparison.mcnemar = evidence::McNemar{.only_current_right = test->only_first_right, .only_candidate_right = test->only_second_right, .p_value = test->p_value};
  const stats::Disagreement disagreement = stats::disagreement(current, candidate);
  comparison.other_class = disagreement.other_class;
  comparison.mean_distance = disagreement.distance;
  return comparison;
}

}  // namespace mops::certify
