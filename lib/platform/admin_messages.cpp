#include "platform/admin_messages.h"

#include "document/field_reader.h"

namespace mops::platform {
namespace {

using document::FieldReader;
using document::Node;
using document::Value;

template <typename T>
Value optional_value(const std::optional<T>& value) {
  return value ? Value(*value) : Value(nullptr);
}

Value list_of_texts(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const std::string& text : texts) list.add(text);
  return list;
}

std::vector<std::string> texts_of(const Node& list) {
  std::vector<std::string> texts;
  for (const Node& item : list.items) texts.emplace_back(item.text);
  return texts;
}

Value to_value(const VersionStatus& status) {
  Value value = to_value(status.label);
  value.set("state", status.state).set("problem", status.problem).set("requests", status.requests).set("failed", status.failed);
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
  return value.set("withdrawn", std::move(withdrawn));
}

Result<VersionStatus> read_version_status(const Node& node) {
  FieldReader fields(node, "version");
  VersionStatus status;
  MOPS_ASSIGN(status.label, read_version_label(node));
  status.state = fields.text("state");
  status.problem = fields.text("problem");
  status.requests = fields.count("requests");
  status.failed = fields.count("failed");
  status.in_flight = fields.count("in_flight");
  status.p50_ms = fields.optional_number("p50_ms");
  status.p99_ms = fields.optional_number("p99_ms");
  status.log = fields.text("log");
  MOPS_TRY(fields.result());
  return status;
}

Result<ModelStatus> read_model_status(const Node& node) {
  FieldReader fields(node, "model");
  ModelStatus model{.model = fields.text("model"), .generation = fields.count("generation"), .since = fields.optional_time("since")};
  if (const Node* primary = fields.optional_map("primary")) {
    MOPS_ASSIGN(model.primary, read_version_status(*primary));
  }
  if (const Node* standby = fields.optional_map("standby")) {
    MOPS_ASSIGN(model.standby, read_version_status(*standby));
  }
  for (const Node& item : fields.list("withdrawn").items) {
    MOPS_ASSIGN(VersionLabel label, read_version_label(item));
    model.withdrawn.push_back(std::move(label));
  }
  MOPS_TRY(fields.result());
  return model;
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

Result<Error> read_error_node(const Node& node) {
  FieldReader fields(node, "error");
  Error error{.code = code_of(fields.text("code")), .message = fields.text("error"), .causes = texts_of(fields.list("causes")), .help = fields.text("help")};
  MOPS_TRY(fields.result());
  return error;
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
  return value.set("expected_generation", optional_value(request.expected_generation));
}

Value to_value(const PlatformStatus& status) {
  Value stages = Value::list();
  for (const StageStatus& stage : status.stages) {
    Value models = Value::list();
    for (const ModelStatus& model : stage.models) models.add(to_value(model));
    stages.add(Value::map().set("name", stage.name).set("listen", stage.listen).set("models", std::move(models)));
  }
  Value value = Value::map();
  value.set("format_version", 1).set("platform", status.platform).set("mops_version", status.mops_version).set("pid", status.pid);
  value.set("started", to_rfc3339(status.started)).set("state_folder", status.state_folder);
  return value.set("stages", std::move(stages));
}

Value to_value(const OperationStatus& status) {
  Value value = Value::map();
  value.set("id", status.id).set("steps", list_of_texts(status.steps));
  value.set("record", status.record ? to_value(*status.record) : Value(nullptr));
  return value.set("error", status.error ? to_value(*status.error) : Value(nullptr));
}

Value to_value(const std::vector<JournalRecord>& records) {
  Value list = Value::list();
  for (const JournalRecord& record : records) list.add(to_value(record));
  return Value::map().set("format_version", 1).set("records", std::move(list));
}

Result<SwitchRequest> read_switch_request(const document::Document& document) {
  FieldReader fields(document);
  SwitchRequest request;
  request.kind = fields.parsed("kind", parse_switch_kind);
  request.stage = fields.text("stage");
  request.model = fields.text("model");
  if (const Node* to = fields.optional_map("to")) {
    MOPS_ASSIGN(request.to, read_version_label(*to));
  }
  request.incoming = fields.text("incoming");
  request.root_commit = fields.text("root_commit");
  request.folder = fields.text("folder");
  request.repository = fields.text("repository");
  request.reason = fields.text("reason");
  request.actor = fields.text("actor");
  request.host = fields.text("host");
  if (fields.optional_number("expected_generation")) request.expected_generation = fields.count("expected_generation");
  if (request.kind == SwitchKind::promote && !request.to) fields.complain("to", "is missing, a promotion says which version");
  MOPS_TRY(fields.result());
  return request;
}

Result<PlatformStatus> read_platform_status(const document::Document& document) {
  FieldReader fields(document);
  PlatformStatus status;
  status.platform = fields.text("platform");
  status.mops_version = fields.text("mops_version");
  status.pid = fields.integer("pid");
  status.started = fields.time("started");
  status.state_folder = fields.text("state_folder");
  for (const Node& node : fields.list("stages").items) {
    FieldReader stage_fields(node, "stage");
    StageStatus stage{.name = stage_fields.text("name"), .listen = stage_fields.text("listen")};
    for (const Node& model_node : stage_fields.list("models").items) {
      MOPS_ASSIGN(ModelStatus model, read_model_status(model_node));
      stage.models.push_back(std::move(model));
    }
    fields.include(stage_fields);
    status.stages.push_back(std::move(stage));
  }
  MOPS_TRY(fields.result());
  return status;
}

Result<OperationStatus> read_operation_status(const document::Document& document) {
  FieldReader fields(document);
  OperationStatus status{.id = fields.text("id"), .steps = texts_of(fields.list("steps"))};
  if (const Node* record = fields.optional_map("record")) {
    MOPS_ASSIGN(status.record, read_record(*record));
  }
  if (const Node* error = fields.optional_map("error")) {
    MOPS_ASSIGN(status.error, read_error_node(*error));
  }
  MOPS_TRY(fields.result());
  return status;
}

Result<Error> read_error(const document::Document& document) {
  if (document.root() == nullptr) return fail(ErrorCode::invalid, "the answer is empty");
  return read_error_node(*document.root());
}

Result<std::vector<JournalRecord>> read_records(const document::Document& document) {
  FieldReader fields(document);
  std::vector<JournalRecord> records;
  for (const Node& node : fields.list("records").items) {
    MOPS_ASSIGN(JournalRecord record, read_record(node));
    records.push_back(std::move(record));
  }
  MOPS_TRY(fields.result());
  return records;
}

}  // namespace mops::platform
