#pragma once

#include "base/result.h"
#include "model/interface.h"
#include "tensor/dataset.h"

#include <string>
#include <vector>

namespace mops::certify {

/// What a request of the contract wants: a refusal (4xx and a readable error), an answer by the interface, or either of the two.
enum class Expectation { refusal, answer, either };

/// One request of the contract. `what` says of it what is special, and no value of a row: "a missing value in input `x`".
struct Probe {
  std::string what;
  Expectation expected = Expectation::refusal;
  std::string body;
};

/// Requests that one line of the verdict is about.
struct ProbeGroup {
  std::string check;  ///< "contract/wrong-types"
  std::vector<Probe> probes;
};

/// The requests that a model's interface says how to answer, each made of one sound row with one thing changed. Of more than 64
/// inputs, 64 spread over the interface have requests of their own. Huge bodies are 32 MiB without content. Errors: those of the
/// data set's cells.
Result<std::vector<ProbeGroup>> make_probes(const tensor::Dataset& dataset, const model::Interface& interface, size_t row);

}  // namespace mops::certify
