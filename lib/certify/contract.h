#pragma once

#include "certify/prediction.h"
#include "evidence/certificate.h"
#include "http/transport.h"
#include "model/manifest.h"
#include "target/target.h"
#include "tensor/dataset.h"

#include <chrono>
#include <stop_token>
#include <vector>

namespace mops::certify {

/// A running version whose manner of answering is to be checked.
struct ContractOrder {
  const model::Manifest& manifest;
  const tensor::Dataset& dataset;
  target::Endpoint endpoint;
  std::chrono::milliseconds patience = std::chrono::seconds(10);  ///< without an answer for so long, it hangs
};

/// `contract/outputs`: the answer to every row against the interface. Batches of 64 rows; the rows of one that is wrong are asked
/// alone. Value: rows with a wrong answer. Errors: outside, interrupted; those of the data set's cells.
Result<evidence::Check> check_outputs(const ContractOrder& order, http::Transport& transport, const Progress& progress, const std::stop_token& stop);

/// What the interface promises beside its numbers, one check each, on at least one row:
/// - `contract/metadata`: the model describes itself as the manifest does;
/// - `contract/batch`: 32 rows in one request have the answers that each has alone, within the manifest's tolerance;
/// - the groups of probe.h: what cannot be answered is refused with 4xx and JSON `{"error": TEXT}`; never 5xx, silence or an end;
/// - `contract/recovery`: after all of that, a sound row has the answer that it had before.
/// Value: how many of n are wrong, at most 0. FAILED at every level: 5xx, silence, an answer that is not by the interface, a value
/// refused that the manifest allows. WARNED at level prototype and FAILED at production: a request that should be refused and has an
/// answer, and a refusal without a readable error. What could not be sent because the model had ended is INCONCLUSIVE.
/// After a request without an answer the rest of its group is not sent. Notes hold no value of a row or answer. Errors: interrupted; those of the data set's cells.
Result<std::vector<evidence::Check>> check_contract(const ContractOrder& order, http::Transport& transport, const Progress& progress, const std::stop_token& stop);

}  // namespace mops::certify
