#include "certify/request_draft.h"

#include "base/text.h"
#include "document/value.h"
#include "tensor/request.h"

namespace mops::certify {

std::string draft_shape(const model::Tensor& tensor, size_t rows) {
  return tensor.shape.size() == 2 ? fmt::format("[{},1]", rows) : fmt::format("[{}]", rows);
}

std::string RequestDraft::to_json() const {
  std::string json = R"({"inputs":[)";
  for (const DraftTensor& input : inputs) {
    if (json.back() == '}') json += ',';
    json += fmt::format(R"({{"name":{},"shape":{},"datatype":{},"data":[{}]}})", document::to_json(input.name), input.shape, document::to_json(input.datatype),
                        join(input.data, ","));
  }
  return json + "]}";
}

Result<RequestDraft> draft_of_rows(const tensor::Dataset& dataset, const model::Interface& interface, const std::vector<size_t>& rows) {
  RequestDraft draft;
  for (const model::Tensor& input : interface.inputs) {
    MOPS_ASSIGN(const size_t column, dataset.column(input.name));
    DraftTensor tensor{.name = input.name, .datatype = std::string(model::to_string(input.datatype)), .shape = draft_shape(input, rows.size()), .data = {}};
    for (const size_t row : rows) {
      MOPS_ASSIGN(const tensor::Scalar value, dataset.value(row, column, input));
      tensor::append_json(tensor.data.emplace_back(), value);
    }
    draft.inputs.push_back(std::move(tensor));
  }
  return draft;
}

}  // namespace mops::certify
