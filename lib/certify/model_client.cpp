#include "certify/model_client.h"

namespace mops::certify {
namespace {

std::string shortened(std::string_view text) {
  constexpr size_t k_shown = 200;
  if (text.size() <= k_shown) return std::string(text);
  size_t end = k_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + " …";
}

}  // namespace

Result<tensor::Answer> ModelClient::ask(const tensor::Dataset& dataset, tensor::RowRange rows, std::stop_token stop) {
  http::Request request{.method = "POST",
                        .url = fmt::format("http://{}:{}{}", endpoint_.host, endpoint_.port, tensor::infer_path(model_)),
                        .headers = {{.name = "Content-Type", .value = "application/json"}},
                        .timeout = timeout_};
  MOPS_ASSIGN(request.body, tensor::infer_request(dataset, interface_, rows));
  MOPS_ASSIGN(http::Response response, transport_.send(request, stop));
  const std::string which = rows.end - rows.first == 1 ? fmt::format("row {}", rows.first + 1) : fmt::format("rows {} to {}", rows.first + 1, rows.end);
  if (response.status != 200)
    return fail(ErrorCode::refused, fmt::format("the model answered {} to {} of `{}`", response.status, which, dataset.path()), shortened(response.body));
  tensor::CheckedAnswer checked = tensor::read_infer_response(std::move(response.body), interface_, rows.end - rows.first);
  if (checked.problems.empty()) return std::move(checked.answer);
  return fail(Error{.code = ErrorCode::refused,
                    .message = fmt::format("the model's answer to {} of `{}` is not what the interface says", which, dataset.path()),
                    .causes = std::move(checked.problems),
                    .help = "change the serving code, or `interface` in mops.yaml"});
}

}  // namespace mops::certify
