#pragma once

#include "base/result.h"
#include "http/transport.h"
#include "model/interface.h"
#include "target/target.h"
#include "tensor/dataset.h"
#include "tensor/request.h"
#include "tensor/response.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::certify {

/// A running version, asked by rows of a data set. Borrows the transport and the interface.
class ModelClient {
 public:
  ModelClient(http::Transport& transport, target::Endpoint endpoint, std::string model, const model::Interface& interface,
              std::chrono::milliseconds timeout = std::chrono::seconds(30))
      : transport_(transport), endpoint_(std::move(endpoint)), model_(std::move(model)), interface_(interface), timeout_(timeout) {}

  /// Sends the rows as one request. Errors: refused when the answer is not 200 (its begin is the help) or not what the
  /// interface says (every problem is a cause), outside when nobody answers, those of the data set's cells.
  Result<tensor::Answer> ask(const tensor::Dataset& dataset, tensor::RowRange rows, std::stop_token stop);

 private:
  http::Transport& transport_;
  target::Endpoint endpoint_;
  std::string model_;
  const model::Interface& interface_;
  std::chrono::milliseconds timeout_;
};

}  // namespace mops::certify
