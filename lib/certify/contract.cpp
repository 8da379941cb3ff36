#include "certify/contract.h"

#include "base/text.h"
#include "certify/answers.h"
#include "certify/contract_line.h"
#include "certify/metadata.h"
#include "certify/probe.h"
#include "certify/request_draft.h"
#include "certify/verdict.h"
#include "document/document.h"
#include "tensor/compare.h"
#include "tensor/request.h"
#include "tensor/response.h"

namespace mops::certify {
namespace {

constexpr size_t k_rows_per_request = 64;
constexpr uint64_t k_rows_in_batch = 32;

/// What came back: a response, or why there was none.
struct Reply {
  std::optional<http::Response> response;
  std::string silence;  ///< "no answer within 10 s"

  [[nodiscard]] bool has_status(int low, int high) const { return response && response->status >= low && response->status < high; }
  [[nodiscard]] std::string text() const { return response ? fmt::format("answered {}", response->status) : silence; }
};

/// An answer that the interface allows, or what is wrong with it.
struct HeldAnswer {
  tensor::Answer answer;
  std::string problem;
};

/// OIP's error object; what a client can show to a person.
bool has_readable_error(const std::string& body) {
  const auto document = document::parse_json({.path = "error", .text = body});
  if (!document.is_sound()) return false;
  const document::Node* error = document.root()->find("error");
  return error != nullptr && error->kind == document::NodeKind::string && !trim(error->text).empty();
}

/// "row 3", "rows 3, 7 and 12 more"; from 1.
std::string rows_text(const std::vector<uint64_t>& rows) {
  constexpr size_t k_named = 3;
  std::vector<std::string> named;
  for (size_t i = 0; i < std::min(rows.size(), k_named); ++i) named.push_back(std::to_string(rows[i] + 1));
  const std::string more = rows.size() > k_named ? fmt::format(" and {} more", rows.size() - k_named) : "";
  return fmt::format("row{} {}{}", rows.size() == 1 ? "" : "s", join(named, ", "), more);
}

class Conversation {
 public:
  Conversation(const ContractOrder& order, http::Transport& transport, const std::stop_token& stop)
      : order_(order), transport_(transport), stop_(stop), model_(order.manifest.serving.model) {}

  /// Error: interrupted only.
  Result<Reply> send(std::string method, const std::string& path, std::string body = {}) {
    http::Request request{.method = std::move(method), .url = fmt::format("http://{}:{}{}", order_.endpoint.host, order_.endpoint.port, path),
                          .headers = {}, .body = std::move(body), .timeout = order_.patience};
    if (request.method == "POST") request.headers.push_back({.name = "Content-Type", .value = "application/json"});
    const auto sent = std::chrono::steady_clock::now();
    auto response = transport_.send(request, stop_);
    if (response) return Reply{.response = std::move(*response), .silence = {}};
    if (response.error().code == ErrorCode::interrupted) return fail(std::move(response).error());
    const bool hangs = std::chrono::steady_clock::now() - sent >= order_.patience;
    Reply reply{.response = {}, .silence = hangs ? fmt::format("no answer within {:g} s", std::chrono::duration<double>(order_.patience).count())
                                                 : std::string("the connection ended without an answer")};
    if (request.url.ends_with(k_live_path)) return reply;
    MOPS_ASSIGN(const Reply live, send("GET", std::string(k_live_path)));
    has_ended_ = !live.response;
    if (has_ended_) reply.silence += ", and it answers nothing since";
    return reply;
  }

  Result<Reply> infer(std::string body) { return send("POST", tensor::infer_path(model_), std::move(body)); }

  Result<HeldAnswer> ask(const std::vector<size_t>& rows) {
    MOPS_ASSIGN(const RequestDraft draft, draft_of_rows(order_.dataset, order_.manifest.interface, rows));
    MOPS_ASSIGN(Reply reply, infer(draft.to_json()));
    return hold(std::move(reply), rows.size());
  }

  [[nodiscard]] HeldAnswer hold(Reply reply, size_t rows) const {
    if (!reply.has_status(200, 201)) return {.answer = {}, .problem = reply.text()};
    tensor::CheckedAnswer checked = tensor::read_infer_response(std::move(reply.response->body), order_.manifest.interface, rows, tensor::Quoting::nothing);
    if (checked.problems.empty()) return {.answer = std::move(checked.answer), .problem = {}};
    // Of one row its number within the request says nothing.
    return {.answer = {}, .problem = rows == 1 ? replace_all(checked.problems.front(), "row 1: ", "") : checked.problems.front()};
  }

  /// It did not answer, nor did it when asked whether it lives.
  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  static constexpr std::string_view k_live_path = "/v2/health/live";

  const ContractOrder& order_;
  http::Transport& transport_;
  const std::stop_token& stop_;
  const std::string& model_;
  bool has_ended_ = false;
};

Result<evidence::Check> check_metadata(Conversation& conversation, const ContractOrder& order) {
  const model::Manifest& manifest = order.manifest;
  const std::string path = tensor::model_path(manifest.serving.model);
  evidence::Check check{.name = "contract/metadata", .limit = {.maximum = 0}, .n = manifest.interface.inputs.size() + manifest.interface.outputs.size(), .verdict = Verdict::failed};
  MOPS_ASSIGN(Reply reply, conversation.send("GET", path));
  if (!reply.has_status(200, 201)) {
    check.note = fmt::format("GET {}: {}", path, reply.text());
    return check;
  }
  const std::vector<std::string> differences = differences_of_metadata(std::move(reply.response->body), manifest.serving.model, manifest.interface);
  check.value = static_cast<double>(differences.size());
  if (!differences.empty())
    check.note = fmt::format("GET {}: {}{}", path, differences.front(), differences.size() > 1 ? fmt::format("; {} more", differences.size() - 1) : "");
  return judged(std::move(check));
}

Result<evidence::Check> check_batch(Conversation& conversation, const ContractOrder& order) {
  std::vector<size_t> rows;
  for (const uint64_t row : spread_rows(order.dataset.rows(), k_rows_in_batch)) rows.push_back(row);
  evidence::Check check{.name = "contract/batch", .limit = {.maximum = 0}, .n = rows.size(), .verdict = Verdict::failed};
  MOPS_ASSIGN(const HeldAnswer batch, conversation.ask(rows));
  if (!batch.problem.empty()) {
    check.note = fmt::format("{} rows in one request: {}", rows.size(), batch.problem);
    return check;
  }
  std::vector<uint64_t> different;
  for (size_t i = 0; i < rows.size(); ++i) {
    MOPS_ASSIGN(const HeldAnswer alone, conversation.ask({rows[i]}));
    if (!alone.problem.empty()) {
      check.note = fmt::format("{} alone: {}", rows_text({rows[i]}), alone.problem);
      return check;
    }
    tensor::Answer in_batch;
    for (const tensor::Column& column : batch.answer.outputs) {
      tensor::Column one{.name = column.name, .datatype = column.datatype, .width = column.width, .values = {}};
      for (size_t value = 0; value < column.width; ++value) one.values.push_back(column.at(i, value));
      in_batch.outputs.push_back(std::move(one));
    }
    if (!tensor::compare(in_batch, alone.answer, order.manifest.certification.tolerance).same()) different.push_back(rows[i]);
  }
  check.value = static_cast<double>(different.size());
  if (!different.empty())
    check.note = fmt::format("{} {} answered otherwise in a batch of {} than alone", rows_text(different), different.size() == 1 ? "is" : "are", rows.size());
  return judged(std::move(check));
}

void judge(const Probe& probe, Reply reply, const Conversation& conversation, ContractLine& line) {
  if (reply.response) line.answered(reply.response->status);
  const auto wrong = [&](Fault fault, std::string_view expected) { line.failed(fault, fmt::format("{}: {}, expected {}", probe.what, reply.text(), expected)); };
  const bool refused = reply.has_status(400, 500);
  const bool answered = reply.has_status(200, 300);
  switch (probe.expected) {
    case Expectation::answer: {
      if (!answered) return wrong(Fault::broken, "200, for the manifest allows it");
      const HeldAnswer held = conversation.hold(std::move(reply), 1);
      return held.problem.empty() ? line.passed() : line.failed(Fault::broken, fmt::format("{}: {}", probe.what, held.problem));
    }
    case Expectation::either:
      if (!refused && !answered) return wrong(Fault::broken, "an answer or 4xx");
      break;
    case Expectation::refusal:
      if (answered) return wrong(Fault::lenient, "4xx");
      if (!refused) return wrong(Fault::broken, "4xx");
      break;
  }
  if (refused && !has_readable_error(reply.response->body))
    return line.failed(Fault::lenient, fmt::format("{}: {} without a readable `error`", probe.what, reply.text()));
  line.passed();
}

Result<evidence::Check> check_group(Conversation& conversation, const ContractOrder& order, const ProbeGroup& group) {
  ContractLine line(group.check);
  if (conversation.has_ended()) return line.cut_short(order.manifest.level);
  for (const Probe& probe : group.probes) {
    MOPS_ASSIGN(Reply reply, conversation.infer(probe.body));
    const bool is_silent = !reply.response;
    judge(probe, std::move(reply), conversation, line);
    // Each further one would take as long.
    if (is_silent) break;
  }
  return line.finish(order.manifest.level);
}

Result<evidence::Check> check_recovery(Conversation& conversation, const ContractOrder& order, const HeldAnswer& before) {
  ContractLine line("contract/recovery");
  if (conversation.has_ended()) return line.cut_short(order.manifest.level);
  MOPS_ASSIGN(const HeldAnswer after, conversation.ask({0}));
  if (!after.problem.empty()) line.failed(Fault::broken, fmt::format("row 1 after all of this: {}", after.problem));
  else if (!tensor::compare(after.answer, before.answer, order.manifest.certification.tolerance).same())
    line.failed(Fault::broken, "row 1 is answered otherwise than before the requests of the contract");
  else line.passed();
  return line.finish(order.manifest.level);
}

}  // namespace

Result<evidence::Check> check_outputs(const ContractOrder& order, http::Transport& transport, const Progress& progress, const std::stop_token& stop) {
  Conversation conversation(order, transport, stop);
  std::vector<uint64_t> wrong;
  std::string first;
  const size_t rows = order.dataset.rows();
  for (size_t begin = 0; begin < rows; begin += k_rows_per_request) {
    if (progress) progress("holding answers against the interface", begin, rows);
    std::vector<size_t> batch;
    for (size_t row = begin; row < std::min(rows, begin + k_rows_per_request); ++row) batch.push_back(row);
    MOPS_ASSIGN(const HeldAnswer together, conversation.ask(batch));
    if (together.problem.empty()) continue;
    for (const size_t row : batch) {
      MOPS_ASSIGN(const HeldAnswer alone, conversation.ask({row}));
      if (alone.problem.empty()) continue;
      if (wrong.empty()) first = alone.problem;
      wrong.push_back(row);
    }
    if (conversation.has_ended()) return fail(ErrorCode::outside, "the model no longer answers");
  }
  evidence::Check check{.name = "contract/outputs", .value = static_cast<double>(wrong.size()), .limit = {.maximum = 0}, .n = rows};
  if (!wrong.empty()) check.note = fmt::format("{}: {}", rows_text(wrong), first);
  return judged(std::move(check));
}

Result<std::vector<evidence::Check>> check_contract(const ContractOrder& order, http::Transport& transport, const Progress& progress, const std::stop_token& stop) {
  Conversation conversation(order, transport, stop);
  MOPS_ASSIGN(const HeldAnswer before, conversation.ask({0}));
  MOPS_ASSIGN(const std::vector<ProbeGroup> groups, make_probes(order.dataset, order.manifest.interface, 0));
  std::vector<evidence::Check> checks;
  const auto add = [&](Result<evidence::Check> check) -> Result<void> {
    MOPS_ASSIGN(evidence::Check line, std::move(check));
    checks.push_back(std::move(line));
    return {};
  };
  MOPS_TRY(add(check_metadata(conversation, order)));
  MOPS_TRY(add(check_batch(conversation, order)));
  for (size_t group = 0; group < groups.size(); ++group) {
    if (progress) progress("checking the contract", group, groups.size());
    MOPS_TRY(add(check_group(conversation, order, groups[group])));
  }
  MOPS_TRY(add(check_recovery(conversation, order, before)));
  return checks;
}

}  // namespace mops::certify
