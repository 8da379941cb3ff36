#include "platform/admin_messages.h"

#include <algorithm>

namespace mops::platform {
namespace {

using document::Field;
using document::Value;

template <typename T>
Value optional_value(const std::optional<T>& value) {
  return value ? Value(*value) : Value(nullptr);
}

template <typename T>
Value list_of(const std::vector<T>& items) {
  Value list = Value::list();
  for (const T& item : items) list.add(to_value(item));
  return list;
}

Value list_of_texts(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.add(text);
  return list;
}

Value to_value(const VersionStatus& status) {
  Value value = to_value(status.label);
  value.set("state", status.state).set("problem", status.problem).set("help", status.help).set("requests", status.requests).set("failed", status.failed);
  value.set("in_flight", status.in_flight).set("p50_ms", optional_value(status.p50_ms)).set("p99_ms", optional_value(status.p99_ms));
  return value.set("log", status.log);
}

Value to_value(const ModelStatus& model) {
  Value withdrawn = Value::list();
  for (const VersionLabel& label : model.withdrawn) withdrawn.add(to_value(label));
  Value value = Value::map();
  value.set("model", model.model).set("generation", model.generation);
  value.set("since", model.since ? Value(to_rfc3339(*model.since)) : Value(nullptr));
  value.set("primary", model.primary ? to_value(*model.primary) : Value(nullptr));
  value.set("standby", model.standby ? to_value(*model.standby) : Value(nullptr));
  value.set("candidate", model.candidate ? to_value(*model.candidate) : Value(nullptr)).set("candidate_share", model.candidate_share);
  return value.set("withdrawn", std::move(withdrawn));
}

std::vector<VersionLabel> read_version_labels(const Field& list) {
  std::vector<VersionLabel> labels;
  for (const Field& item : list.items()) labels.push_back(read_version_label(item));
  return labels;
}

std::optional<VersionStatus> read_version_status(const Field& field) {
  if (!field.present()) return std::nullopt;
  return VersionStatus{.label = read_version_label(field),
                       .state = field.at("state").text(),
                       .problem = field.at("problem").text(),
                       .help = field.at("help").text(),
                       .requests = field.at("requests").count(),
                       .failed = field.at("failed").count(),
                       .in_flight = field.at("in_flight").count(),
                       .p50_ms = field.nullable("p50_ms").maybe_number(),
                       .p99_ms = field.nullable("p99_ms").maybe_number(),
                       .log = field.at("log").text()};
}

ModelStatus read_model_status(const Field& field) {
  return {.model = field.at("model").text(),
          .generation = field.at("generation").count(),
          .since = field.nullable("since").maybe_time(),
          .primary = read_version_status(field.nullable("primary")),
          .standby = read_version_status(field.nullable("standby")),
          .candidate = read_version_status(field.nullable("candidate")),
          .candidate_share = field.maybe("candidate_share").count(),
          .withdrawn = read_version_labels(field.at("withdrawn"))};
}

StageStatus read_stage_status(const Field& field) {
  StageStatus stage{.name = field.at("name").text(), .listen = field.at("listen").text()};
  for (const Field& model : field.at("models").items()) stage.models.push_back(read_model_status(model));
  return stage;
}

std::vector<JournalFault> read_fault_list(const Field& list) {
  std::vector<JournalFault> faults;
  for (const Field& item : list.items()) faults.push_back(read_fault(item));
  return faults;
}

std::string_view word_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::refused: return "refused";
    case ErrorCode::usage: return "usage";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::outside: return "outside";
    case ErrorCode::interrupted: return "interrupted";
  }
  return "outside";
}

ErrorCode code_of(std::string_view word) {
  for (const ErrorCode code : {ErrorCode::refused, ErrorCode::usage, ErrorCode::not_found, ErrorCode::invalid, ErrorCode::interrupted})
    if (word_of(code) == word) return code;
  return ErrorCode::outside;
}

Error read_error(const Field& field) {
  return {.code = code_of(field.at("code").text()), .message = field.at("error").text(), .causes = field.at("causes").texts(), .help = field.at("help").text()};
}

}  // namespace

Value to_value(const Error& error) {
  return Value::map().set("error", error.message).set("code", word_of(error.code)).set("causes", list_of_texts(error.causes)).set("help", error.help);
}

Value to_value(const SwitchRequest& request) {
  Value value = Value::map();
  value.set("kind", to_string(request.kind)).set("stage", request.stage).set("model", request.model);
  value.set("to", request.to ? to_value(*request.to) : Value(nullptr)).set("incoming", request.incoming).set("reason", request.reason);
  value.set("root_commit", request.root_commit).set("folder", request.folder).set("repository", request.repository);
  value.set("actor", request.actor).set("host", request.host);
  if (request.kind == SwitchKind::promote) value.set("shift", to_value(request.shift)).set("gates", request.gates == Gates::skipped ? "skipped" : "held");
  return value.set("expected_generation", optional_value(request.expected_generation));
}

Value to_value(const SwitchPlan& plan) { return Value::map().set("format_version", 1).set("steps", list_of_texts(plan.steps)); }

Condition VersionStatus::condition() const {
  if (!problem.empty()) return Condition::needs_a_person;
  return state == "ready" ? Condition::well : Condition::needs_time;
}

Condition ModelStatus::condition() const {
  Condition worst = Condition::well;
  for (const auto* version : {&primary, &standby})
    if (*version) worst = std::min(worst, (*version)->condition());
  return worst;
}

std::vector<RouteProblem> route_problems(const PlatformStatus& status) {
  std::vector<RouteProblem> problems;
  for (const StageStatus& stage : status.stages)
    for (const ModelStatus& model : stage.models)
      for (const auto& [version, role] : {std::pair(&model.primary, "primary"), std::pair(&model.standby, "standby")})
        if (*version && (*version)->condition() != Condition::well)
          problems.push_back({.stage = stage.name, .model = model.model, .role = role, .version = **version});
  std::stable_sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) { return a.version.condition() < b.version.condition(); });
  return problems;
}

Value to_value(const PlatformStatus& status) {
  Value problems = Value::list();
  for (const RouteProblem& problem : route_problems(status))
    problems.add(Value::map()
                     .set("stage", problem.stage)
                     .set("model", problem.model)
                     .set("role", problem.role)
                     .set("version", problem.version.label.version.to_string())
                     .set("state", problem.version.state)
                     .set("problem", problem.version.problem)
                     .set("help", problem.version.help));
  Value stages = Value::list();
  for (const StageStatus& stage : status.stages) {
    Value models = Value::list();
    for (const ModelStatus& model : stage.models) models.add(to_value(model));
    stages.add(Value::map().set("name", stage.name).set("listen", stage.listen).set("models", std::move(models)));
  }
  Value value = Value::map();
  value.set("format_version", 1).set("problems", std::move(problems)).set("journal_faults", list_of(status.journal_faults));
  value.set("platform", status.platform).set("mops_version", status.mops_version).set("pid", status.pid);
  value.set("started", to_rfc3339(status.started)).set("state_folder", status.state_folder);
  return value.set("stages", std::move(stages));
}

Value to_value(const OperationStatus& status) {
  Value value = Value::map();
  value.set("id", status.id).set("steps", list_of_texts(status.steps));
  value.set("record", status.record ? to_value(*status.record) : Value(nullptr));
  return value.set("error", status.error ? to_value(*status.error) : Value(nullptr));
}

Value to_value(const CheckedJournal& journal) {
  return Value::map().set("format_version", 1).set("faults", list_of(journal.faults)).set("records", list_of(journal.records));
}

Value to_value(const AcknowledgeRequest& request) {
  return Value::map().set("faults", list_of_texts(request.faults)).set("reason", request.reason).set("actor", request.actor);
}

Value to_value(const std::vector<JournalFault>& faults) { return Value::map().set("faults", list_of(faults)); }

Result<SwitchRequest> read_switch_request(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  SwitchRequest request{.kind = root.at("kind").parsed(parse_switch_kind),
                        .stage = root.at("stage").text(),
                        .model = root.at("model").text(),
                        .incoming = root.at("incoming").text(),
                        .root_commit = root.at("root_commit").text(),
                        .folder = root.at("folder").text(),
                        .repository = root.at("repository").text(),
                        .reason = root.at("reason").text(),
                        .actor = root.at("actor").text(),
                        .host = root.at("host").text()};
  if (const Field to = root.nullable("to"); to.present()) request.to = read_version_label(to);
  else if (request.kind == SwitchKind::promote) root.refuse("`to` is missing, a promotion says which version");
  if (const Field expected = root.nullable("expected_generation"); expected.present()) request.expected_generation = expected.count();
  if (const Field shift = root.maybe("shift"); shift.present()) request.shift = read_shift_plan(shift);
  request.gates = root.maybe("gates").choice<Gates>({{"held", Gates::held}, {"skipped", Gates::skipped}}, Gates::held);
  return reader.finish(std::move(request));
}

Result<SwitchPlan> read_switch_plan(const document::Document& document) {
  document::Reader reader(document);
  return reader.finish(SwitchPlan{.steps = reader.root().at("steps").texts()});
}

Result<PlatformStatus> read_platform_status(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  PlatformStatus status{.platform = root.at("platform").text(),
                        .mops_version = root.at("mops_version").text(),
                        .pid = root.at("pid").integer(),
                        .started = root.at("started").time(),
                        .state_folder = root.at("state_folder").text(),
                        .journal_faults = read_fault_list(root.at("journal_faults"))};
  for (const Field& stage : root.at("stages").items()) status.stages.push_back(read_stage_status(stage));
  return reader.finish(std::move(status));
}

Result<OperationStatus> read_operation_status(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  OperationStatus status{.id = root.at("id").text(), .steps = root.at("steps").texts()};
  if (const Field record = root.nullable("record"); record.present()) status.record = read_record(record);
  if (const Field error = root.nullable("error"); error.present()) status.error = read_error(error);
  return reader.finish(std::move(status));
}

Result<Error> read_error(const document::Document& document) {
  document::Reader reader(document);
  return reader.finish(read_error(reader.root()));
}

Result<CheckedJournal> read_journal(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  CheckedJournal journal{.faults = read_fault_list(root.at("faults")), .records = {}};
  for (const Field& record : root.at("records").items()) journal.records.push_back(read_record(record));
  return reader.finish(std::move(journal));
}

Result<AcknowledgeRequest> read_acknowledge_request(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  return reader.finish(AcknowledgeRequest{.faults = root.at("faults").texts(), .reason = root.at("reason").text(), .actor = root.at("actor").text()});
}

Result<std::vector<JournalFault>> read_faults(const document::Document& document) {
  document::Reader reader(document);
  return reader.finish(read_fault_list(reader.root().at("faults")));
}

}  // namespace mops::platform
