#include "tensor/request.h"

#include "document/value.h"

namespace mops::tensor {
namespace {

std::string json_text(std::string_view text) { return document::to_json(document::Value(text)); }

std::string json_shape(const model::Tensor& tensor, size_t rows) {
  return tensor.shape.size() == 2 ? fmt::format("[{},1]", rows) : fmt::format("[{}]", rows);
}

bool has_one_value_a_row(const model::Tensor& tensor) {
  return tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
}

}  // namespace

Result<std::string> infer_request(const Dataset& dataset, const model::Interface& interface, RowRange rows) {
  if (rows.first >= rows.end || rows.end > dataset.rows()) {
    return fail(ErrorCode::usage, fmt::format("rows {} to {} of {}, which has {}", rows.first, rows.end, dataset.path(), dataset.rows()));
  }
  std::string body = R"({"inputs":[)";
  for (const model::Tensor& input : interface.inputs) {
    if (!has_one_value_a_row(input)) {
      return fail(ErrorCode::usage, fmt::format("input `{}` has more than one value a row, which a CSV column cannot hold", input.name),
                  "make each value an input of its own with shape [-1]");
    }
    MOPS_ASSIGN(const size_t column, dataset.column(input.name));
    if (body.back() == '}') body += ',';
    body += fmt::format(R"({{"name":{},"shape":{},"datatype":"{}","data":[)", json_text(input.name),
                        json_shape(input, rows.end - rows.first), model::to_string(input.datatype));
    for (size_t row = rows.first; row < rows.end; ++row) {
      MOPS_ASSIGN(const Scalar value, dataset.value(row, column, input));
      if (row != rows.first) body += ',';
      append_json(body, value);
    }
    body += "]}";
  }
  body += "]}";
  return body;
}

std::string model_path(std::string_view model) {
  std::string path = "/v2/models/";
  for (const char byte : model) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
                       byte == '_' || byte == '~';
    path += plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return path;
}

std::string infer_path(std::string_view model) { return model_path(model) + "/infer"; }

}  // namespace mops::tensor
