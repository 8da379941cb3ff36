#pragma once

#include "base/text.h"
#include "certify/model_client.h"
#include "fakes/scripted_transport.h"

#include <doctest/doctest.h>
#include <optional>
#include <string>

namespace mops::certify {

inline const model::Tensor k_age{.name = "age", .datatype = model::Datatype::fp64};
inline const model::Tensor k_probability{.name = "probability", .datatype = model::Datatype::fp64};
inline const model::Tensor k_label{.name = "label", .datatype = model::Datatype::int64};

inline tensor::Dataset dataset_of(std::string csv) {
  auto dataset = tensor::Dataset::parse("holdout.csv", std::move(csv));
  REQUIRE_MESSAGE(dataset, dataset.error().message);
  return std::move(*dataset);
}

/// `name:DATATYPE[data]` words, `|` between rows' values left to the caller: `probability:FP64[0.5,1]`.
inline std::string answer_of(std::string_view words) {
  std::string outputs;
  for (const std::string_view word : split(words, ' ')) {
    const size_t colon = word.find(':');
    const size_t bracket = word.find('[');
    const std::string_view data = word.substr(bracket);
    const size_t values = data == "[]" ? 0 : static_cast<size_t>(std::count(data.begin(), data.end(), ',')) + 1;
    outputs += fmt::format(R"({}{{"name":"{}","datatype":"{}","shape":[{}],"data":{}}})", outputs.empty() ? "" : ",", word.substr(0, colon),
                           word.substr(colon + 1, bracket - colon - 1), values, data);
  }
  return fmt::format(R"({{"model_name":"churn","outputs":[{}]}})", outputs);
}

/// A model that answers in the order of a script.
struct ScriptedModel {
  model::Interface interface;
  fakes::ScriptedTransport transport;
  std::string curves = {};  ///< name and number of points of each that was measured
  ModelClient client{transport, {.host = "127.0.0.1", .port = 4000}, "churn", interface};

  explicit ScriptedModel(std::vector<model::Tensor> outputs, std::vector<model::Tensor> inputs = {k_age})
      : interface{.inputs = std::move(inputs), .outputs = std::move(outputs)} {}

  void says(Result<http::Response> answer) { transport.expect("POST", "http://127.0.0.1:4000/v2/models/churn/infer", std::move(answer)); }
  void answers(std::string_view words) { says(http::Response{.status = 200, .body = answer_of(words)}); }
};

}  // namespace mops::certify
