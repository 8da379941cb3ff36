#include "platform/admin_messages.h"

#include "specimen.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

namespace {

document::Document parse(std::string text) { return document::parse_json({.path = "message", .text = std::move(text)}); }

SwitchRequest specimen_request() {
  return {.kind = SwitchKind::rollback,
          .stage = "dev",
          .model = "churn",
          .to = label('b'),
          .incoming = "01J",
          .root_commit = "root",
          .folder = "models/churn",
          .repository = "/src",
          .reason = "why",
          .actor = "Ada",
          .host = "laptop",
          .expected_generation = 3};
}

PlatformStatus specimen_status() {
  ModelStatus churn{.model = "churn", .generation = 4, .since = *parse_time("2026-11-23T12:00:00Z"), .withdrawn = {label('c'), label('d')}};
  churn.primary = VersionStatus{.label = label('b'), .state = "ready", .requests = 10, .failed = 1, .in_flight = 2, .p50_ms = 1.5, .p99_ms = 20, .log = "/l/b.log"};
  churn.standby = VersionStatus{.label = label('a'), .state = "restarting", .problem = "it ended", .help = "look", .log = "/l/a.log"};
  churn.candidate = VersionStatus{.label = label('e'), .state = "ready", .log = "/l/e.log"};
  churn.candidate_share = 5;
  return {.platform = "01P",
          .mops_version = "0.1.0",
          .pid = 42,
          .started = *parse_time("2026-11-23T11:00:00Z"),
          .state_folder = "/state",
          .journal_faults = specimen_faults(),
          .stages = {{.name = "dev", .listen = "127.0.0.1:8080", .models = {churn, {.model = "fraud"}}}, {.name = "production", .listen = "127.0.0.1:80"}}};
}

/// What comes back of a message, with every map given a key that this mops does not know.
template <typename Message, typename Read>
std::string there_and_back(const Message& message, Read read) {
  const auto again = read(parse(replace_all(to_json(to_value(message)), "{\"", R"({"later":[{}],")")));
  REQUIRE_MESSAGE(again, again.error().message);
  return to_json(to_value(*again));
}

std::string request_refusal(std::string text) {
  const auto request = read_switch_request(parse(std::move(text)));
  REQUIRE_FALSE(request);
  CHECK(request.error().code == ErrorCode::invalid);
  return request.error().message;
}

std::string request_refusal(std::string_view from, std::string_view to) {
  const std::string json = to_json(to_value(specimen_request()));
  REQUIRE_MESSAGE(json.find(from) != std::string::npos, json);
  return request_refusal(replace_all(json, from, to));
}

}  // namespace

TEST_CASE("messages: a promotion says how requests shift") {
  SwitchRequest request = specimen_request();
  request.kind = SwitchKind::promote;
  request.shift = {.steps = {1, 100}, .step_time = std::chrono::milliseconds(1500), .step_requests = 7};
  request.gates = Gates::skipped;
  CHECK(there_and_back(request, read_switch_request) == to_json(to_value(request)));
  const std::string json = to_json(to_value(request));
  CHECK(json.find(R"("shift":{"steps":[1,100],"step_ms":1500,"step_requests":7},"gates":"skipped")") != std::string::npos);
  CHECK(request_refusal(replace_all(json, "[1,100]", "[1,99]")).ends_with("the last step is 99 %, expected 100"));
  // A client of the release before says nothing of it.
  const auto older = read_switch_request(parse(replace_all(json, R"("shift":{"steps":[1,100],"step_ms":1500,"step_requests":7},"gates":"skipped",)", "")));
  REQUIRE_MESSAGE(older, older.error().message);
  CHECK(older->shift.steps.empty());
  CHECK(older->gates == Gates::held);
}

TEST_CASE("messages: a plan") {
  const SwitchPlan plan{.steps = {"look", "keep"}};
  CHECK(there_and_back(plan, read_switch_plan) == to_json(to_value(plan)));
}

TEST_CASE("messages: a request, its specimen and its way back") {
  const SwitchRequest request = specimen_request();
  CHECK(to_json(to_value(request)) == R"({"kind":"rollback","stage":"dev","model":"churn","to":{"payload":")" + std::string(64, 'b') + R"(","version":"2.0.0","commit":")" +
                                          std::string(40, 'b') + R"("},"incoming":"01J","reason":"why","root_commit":"root","folder":"models/churn",)"
                                          R"("repository":"/src","actor":"Ada","host":"laptop","expected_generation":3})");
  CHECK(there_and_back(request, read_switch_request) == to_json(to_value(request)));
  SwitchRequest least{.kind = SwitchKind::rollback, .model = "churn"};
  CHECK(there_and_back(least, read_switch_request) == to_json(to_value(least)));
}

TEST_CASE("messages: requests that are refused") {
  CHECK(request_refusal("") == "message:1:1: found the end of the file, expected a value");
  CHECK(request_refusal("[]") == "message:1:1: found a list, expected a map");
  CHECK(request_refusal("\"rollback\"", "\"roll back\"") == "message:1:9: found `roll back`, expected `promote`, `rollback` or `drill`");
  CHECK(request_refusal("\"expected_generation\":3", "\"expected_generation\":-1") ==
        "message:1:353: found `-1` in `expected_generation`, expected 0 or more");
  CHECK(request_refusal("\"expected_generation\":3", "\"expected_generation\":1e300") ==
        "message:1:353: found a number in `expected_generation`, expected an integer");
  CHECK(request_refusal("\"model\":\"churn\"", "\"model\":null") == "message:1:42: found null in `model`, expected a string");
  CHECK(request_refusal("\"version\":\"2.0.0\"", "\"version\":\"two\"") == "message:1:143: `two` is not a version");
  SwitchRequest promotion{.kind = SwitchKind::promote, .model = "churn"};
  CHECK(request_refusal(to_json(to_value(promotion))) == "message:1:1: `to` is missing, a promotion says which version");
}

TEST_CASE("messages: the platform's status") {
  const PlatformStatus status = specimen_status();
  CHECK(there_and_back(status, read_platform_status) == to_json(to_value(status)));
  const auto read = read_platform_status(parse(to_json(to_value(status))));
  REQUIRE(read);
  const ModelStatus& churn = read->stages[0].models[0];
  CHECK(churn.primary->p99_ms == 20.0);
  CHECK_FALSE(churn.standby->p99_ms);
  CHECK(churn.standby->problem == "it ended");
  CHECK(churn.withdrawn.size() == 2);
  CHECK_FALSE(read->stages[0].models[1].primary);
  CHECK_FALSE(read->stages[0].models[1].since);
  CHECK(read->stages[1].models.empty());
}

TEST_CASE("messages: an operation that goes on, ended well, ended ill") {
  OperationStatus status{.id = "01O", .steps = {"starting churn@1.0.0", "asking"}};
  CHECK(to_json(to_value(status)) == R"({"id":"01O","steps":["starting churn@1.0.0","asking"],"record":null,"error":null})");
  CHECK(there_and_back(status, read_operation_status) == to_json(to_value(status)));
  status.record = specimen_record();
  CHECK(there_and_back(status, read_operation_status) == to_json(to_value(status)));
  status.record.reset();
  status.error = Error{.code = ErrorCode::refused, .message = "no", .causes = {"a", "b"}, .help = "do"};
  CHECK(there_and_back(status, read_operation_status) == to_json(to_value(status)));
}

TEST_CASE("messages: every kind of error arrives as it was") {
  for (const ErrorCode code : {ErrorCode::refused, ErrorCode::usage, ErrorCode::not_found, ErrorCode::invalid, ErrorCode::outside, ErrorCode::interrupted}) {
    const auto read = read_error(parse(to_json(to_value(Error{.code = code, .message = "m", .causes = {"c"}, .help = "h"}))));
    REQUIRE(read);
    CHECK(read->code == code);
    CHECK(read->message == "m");
    CHECK(read->causes == std::vector<std::string>{"c"});
    CHECK(read->help == "h");
  }
  const auto newer = read_error(parse(R"({"error":"m","code":"exhausted","causes":[],"help":""})"));
  REQUIRE(newer);
  CHECK(newer->code == ErrorCode::outside);
  CHECK_FALSE(read_error(parse("")));
  CHECK_FALSE(read_error(parse("<html>")));
}

TEST_CASE("messages: records") {
  CheckedJournal journal{.faults = specimen_faults(), .records = {specimen_record(), specimen_record()}};
  journal.records[1].number = 3;
  CHECK(there_and_back(journal, read_journal) == to_json(to_value(journal)));
  CHECK(read_journal(parse(R"({"format_version":1,"faults":[],"records":[]})"))->records.empty());
  const auto broken = read_journal(parse(R"({"faults":[],"records":[{"format":"journal/v9"}]})"));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message == "message:1:35: found format `journal/v9`, newer than `journal/v1`, the newest that this mops reads");
}

TEST_CASE("messages: faults of the journal, and what is said to them") {
  const std::vector<JournalFault> faults = specimen_faults();
  CHECK(to_json(to_value(faults)) ==
        R"({"faults":[{"id":"abc","record":"churn#dev#2","message":"changed","acknowledged":null},)"
        R"({"id":"def","record":"","message":"removed","acknowledged":{"reason":"known","actor":"Ada","time":"2026-11-23T12:00:00.000Z"}}]})");
  CHECK(there_and_back(faults, read_faults) == to_json(to_value(faults)));
  const AcknowledgeRequest request{.faults = {"abc", "def"}, .reason = "looked", .actor = "Ada"};
  CHECK(to_json(to_value(request)) == R"({"faults":["abc","def"],"reason":"looked","actor":"Ada"})");
  CHECK(there_and_back(request, read_acknowledge_request) == to_json(to_value(request)));
  CHECK_FALSE(read_acknowledge_request(parse(R"({"reason":"looked","actor":"Ada"})")));
}

TEST_CASE("messages: problems of routes come in front") {
  PlatformStatus status = specimen_status();
  const std::vector<RouteProblem> problems = route_problems(status);
  REQUIRE(problems.size() == 1);
  CHECK(fmt::format("{} {} {} {}", problems[0].stage, problems[0].model, problems[0].role, problems[0].version.problem) == "dev churn standby it ended");
  CHECK(to_json(to_value(status)).starts_with(R"({"format_version":1,"problems":[{"stage":"dev","model":"churn","role":"standby",)"));
  CHECK(status.stages[0].models[0].condition() == Condition::needs_a_person);
  status.stages[0].models[0].standby.reset();
  CHECK(status.stages[0].models[0].condition() == Condition::well);
  CHECK(route_problems(status).empty());
  // It serves, and could not be started again.
  status.stages[0].models[0].primary->problem = "damaged";
  CHECK(status.stages[0].models[0].condition() == Condition::needs_a_person);
  CHECK(route_problems(status).size() == 1);
  // What only needs time comes after it.
  ModelStatus fresh = status.stages[0].models[0];
  fresh.model = "arrears";
  fresh.primary->problem.clear();
  fresh.primary->state = "starting";
  status.stages[0].models.insert(status.stages[0].models.begin(), fresh);
  const std::vector<RouteProblem> ordered = route_problems(status);
  REQUIRE(ordered.size() == 2);
  CHECK(ordered[0].model == "churn");
  CHECK(ordered[1].model == "arrears");
}
