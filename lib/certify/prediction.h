#pragma once

#include "certify/measurements.h"
#include "certify/model_client.h"
#include "certify/progress.h"
#include "model/manifest.h"
#include "stats/bootstrap.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace mops::certify {

/// How intervals are made: always from the same seed. Fewer resamples of very many rows, whose intervals are narrow anyway.
stats::BootstrapPlan bootstrap_plan(uint64_t rows);

struct MeasuredPredictions {
  std::unique_ptr<stats::Sample> sample;
  std::map<std::string, Curve, std::less<>> curves;  ///< those that the task has, as measurements.h names them
};

/// Asks the model for every row of the data set and sets its predictions beside the column of truth, as the manifest's
/// `certification` says. Each answer is shown to `see`, in the order of the rows. Truth must be there in every row. Errors: the client's; not_found and invalid
/// for the data set.
Result<MeasuredPredictions> measure_predictions(ModelClient& client, const model::Manifest& manifest, const tensor::Dataset& dataset, const Progress& progress,
                                                std::stop_token stop, const std::function<void(const tensor::Answer&)>& see = {});

}  // namespace mops::certify
