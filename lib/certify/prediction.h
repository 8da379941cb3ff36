#pragma once

#include "certify/measurements.h"
#include "certify/model_client.h"
#include "certify/progress.h"
#include "model/manifest.h"
#include "stats/metric.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace mops::certify {

struct MeasuredPredictions {
  std::vector<stats::Metric> metrics;
  std::map<std::string, Curve, std::less<>> curves;  ///< those that the task has, as measurements.h names them
};

/// Asks the model for every row of the data set and measures its predictions against the column of truth, as the manifest's
/// `certification` says. Each answer is shown to `see`, in the order of the rows. Truth must be there in every row. Errors: the client's; not_found and invalid for the data set.
Result<MeasuredPredictions> measure_predictions(ModelClient& client, const model::Manifest& manifest, const tensor::Dataset& dataset, const Progress& progress,
                                                std::stop_token stop, const std::function<void(const tensor::Answer&)>& see = {});

}  // namespace mops::certify
