#include "platform/admin_client.h"

#include "base/version.h"
#include "platform/compatibility.h"

namespace mops::platform {

Result<document::Document> AdminClient::call(const std::string& method, const std::string& path, std::string body, std::stop_token stop) {
  auto response = transport_.send({.method = method,
                                   .url = "http://platform" + path,
                                   .headers = {{.name = "Content-Type", .value = "application/json"}, {.name = k_version_header, .value = program_version()}},
                                   .body = std::move(body),
                                   .unix_socket_path = folder_.socket().string()},
                                  std::move(stop));
  if (!response) {
    if (response.error().code != ErrorCode::outside || running_platform(folder_)) return fail(std::move(response).error());
    return fail(ErrorCode::outside, fmt::format("no platform runs on `{}`", folder_.root.string()), "start one: `mops up -d`");
  }
  if (const auto theirs = http::find_header(response->headers, k_version_header)) MOPS_TRY(may_talk(program_version(), *theirs));
  document::Document document = document::parse_json({.path = "the platform's answer", .text = std::move(response->body)});
  if (response->succeeded()) return document;
  MOPS_ASSIGN(Error error, read_error(document));
  return fail(std::move(error));
}

Result<PlatformStatus> AdminClient::status(std::stop_token stop) {
  MOPS_ASSIGN(const document::Document document, call("GET", "/mops/v1/status", "", std::move(stop)));
  return read_platform_status(document);
}

Result<CheckedJournal> AdminClient::journal(const std::string& model, const std::string& stage, std::stop_token stop) {
  MOPS_ASSIGN(const document::Document document, call("GET", fmt::format("/mops/v1/journal?model={}&stage={}", model, stage), "", std::move(stop)));
  return read_journal(document);
}

Result<std::vector<JournalFault>> AdminClient::acknowledge(const AcknowledgeRequest& request, std::stop_token stop) {
  MOPS_ASSIGN(const document::Document document, call("POST", "/mops/v1/acknowledgements", to_json(to_value(request)), std::move(stop)));
  return read_faults(document);
}

Result<SwitchPlan> AdminClient::plan(const SwitchRequest& request, std::stop_token stop) {
  MOPS_ASSIGN(const document::Document document, call("POST", "/mops/v1/plans", to_json(to_value(request)), std::move(stop)));
  return read_switch_plan(document);
}

Result<JournalRecord> AdminClient::perform(const SwitchRequest& request, const ReportStep& report, std::stop_token stop) {
  MOPS_ASSIGN(const document::Document begun, call("POST", "/mops/v1/switches", to_json(to_value(request)), stop));
  MOPS_ASSIGN(OperationStatus operation, read_operation_status(begun));
  const std::string path = "/mops/v1/operations/" + operation.id;
  size_t told = 0;
  bool cancelled = false;
  while (true) {
    for (; told < operation.steps.size(); ++told) report(operation.steps[told]);
    if (operation.record) return std::move(*operation.record);
    if (operation.error) return fail(std::move(*operation.error));
    if (stop.stop_requested() && !cancelled) {
      MOPS_TRY(call("DELETE", path, "", {}));
      cancelled = true;
    }
    // After the cancellation the token would end every further request at once.
    auto asked = call("GET", fmt::format("{}?seen={}", path, told), "", cancelled ? std::stop_token() : stop);
    if (!asked && asked.error().code == ErrorCode::interrupted) continue;
    if (!asked) return fail(std::move(asked).error());
    MOPS_ASSIGN(operation, read_operation_status(*asked));
  }
}

Result<void> AdminClient::request_stop(std::stop_token stop) {
  MOPS_TRY(call("POST", "/mops/v1/stop", "{}", std::move(stop)));
  return {};
}

}  // namespace mops::platform
