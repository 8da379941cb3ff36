#include "base/real_file_system.h"
#include "base/text.h"
#include "by_hand.h"
#include "certify/answers.h"
#include "fakes/counting_random.h"
#include "fakes/fake_target.h"
#include "fakes/temporary_folder.h"
#include "incoming_version.h"
#include "platform/platform.h"
#include "platform/state.h"

#include <atomic>
#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using namespace std::chrono_literals;

namespace {

/// Every version's server: answers any row with `label`, or does not answer.
class Model final : public http::Transport {
 public:
  std::atomic<int> label = 1;
  std::atomic<bool> hangs = false;
  std::atomic<bool> is_gone = false;

  Result<http::Response> send(const http::Request&, std::stop_token stop) override {
    while (hangs && !stop.stop_requested()) std::this_thread::sleep_for(1ms);
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    if (is_gone) return fail(ErrorCode::outside, "connection refused");
    return http::Response{.status = 200, .body = fmt::format(R"({{"model_name":"churn","outputs":[{{"name":"label","datatype":"INT64","shape":[1],"data":[{}]}}]}})", label.load())};
  }
};

/// A platform whose versions run in memory. Version 1.0.0 is `a`, 2.0.0 is `b` and so on; their programs differ.
struct World {
  fakes::TemporaryFolder temporary;
  RealFileSystem files;
  RealClock clock;
  fakes::CountingRandom random;
  Model model;
  fakes::FakeTarget target;
  StateFolder folder{.root = temporary.path() / "state"};
  Stage stage{.name = "dev", .listen = {.host = "127.0.0.1", .port = 0}};
  evidence::SigningKey key = *evidence::SigningKey::generate(evidence::KeyType::ed25519);
  std::string root_commit = "root";
  std::unique_ptr<Platform> platform;
  int laid_out = 0;

  World() { up(); }

  void up() {
    auto started = Platform::start({.folder = folder, .stages = {stage}, .environments = {target::Environment{.name = "native"}}},
                                   {.files = files, .clock = clock, .random = random, .transport = model, .target = target});
    REQUIRE_MESSAGE(started, started.error().message);
    platform = std::move(*started);
  }
  void restart() {
    platform.reset();
    up();
  }

  /// Lays a version out as a client does. `change` may spoil it.
  SwitchRequest promotion(char letter, const std::function<void(IncomingVersion&)>& change = {}) {
    IncomingVersion version(files, folder.incoming() / fmt::format("{}", ++laid_out));
    version.manifest = replace_all(version.manifest, "[./serve]", "[ready]");
    version.program = std::string(1, letter);
    version.key = key;
    const auto dataset = tensor::Dataset::parse("data/holdout.csv", version.holdout);
    const auto manifest = model::read_manifest(document::parse_yaml({.path = "mops.yaml", .text = version.manifest}));
    REQUIRE(dataset);
    REQUIRE_MESSAGE(manifest, manifest.error().message);
    Model certified;
    certify::ModelClient client(certified, {.host = "127.0.0.1", .port = 1}, "churn", manifest->interface);
    version.answers = *certify::certify_answers(client, *dataset, {0, 1}, 0, {});
    version.fill();
    if (change) change(version);
    return {.kind = SwitchKind::promote,
            .stage = "dev",
            .model = "churn",
            .to = VersionLabel{.payload = version.payload, .version = {.major = static_cast<uint64_t>(letter - 'a') + 1}, .commit = std::string(40, letter)},
            .incoming = version.folder.root.filename().string(),
            .root_commit = root_commit,
            .folder = "",
            .repository = "/src",
            .reason = "because",
            .actor = "Ada",
            .host = "laptop"};
  }
  SwitchRequest rollback() {
    return {.kind = SwitchKind::rollback, .stage = "dev", .model = "churn", .reason = "worse", .actor = "Ada", .host = "laptop"};
  }

  Result<JournalRecord> perform(const SwitchRequest& request) {
    const auto id = platform->begin_switch(request, {.uid = 1000});
    if (!id) return fail(id.error());
    return end_of(*id);
  }
  Result<JournalRecord> end_of(const std::string& id) {
    const SteadyDeadline deadline(20s);
    while (!deadline.passed()) {
      const auto operation = platform->operations().wait(id, 1000, 20s);
      REQUIRE(operation);
      if (operation->record) return *operation->record;
      if (operation->error) return fail(*operation->error);
    }
    return fail(ErrorCode::outside, "the operation does not end");
  }
  /// "ok", or why not.
  std::string outcome(const SwitchRequest& request) {
    const auto record = perform(request);
    if (record) return "ok";
    std::string text = record.error().message;
    return request.to ? replace_all(text, request.to->payload.short_hex(), "PAYLOAD") : text;
  }

  /// "2.0.0 ready, 1.0.0 ready, withdrawn 3.0.0"; waits until the standby is what it will be.
  std::string route() {
    std::string text;
    const SteadyDeadline deadline(20s);
    do {
      text.clear();
      const PlatformStatus status = platform->status();
      if (status.stages[0].models.empty()) return "nothing";
      const ModelStatus& row = status.stages[0].models[0];
      text = fmt::format("{} {}", row.primary->label.version.to_string(), row.primary->state);
      if (row.standby) text += fmt::format(", {} {}", row.standby->label.version.to_string(), row.standby->state);
      for (const VersionLabel& label : row.withdrawn) text += fmt::format(", withdrawn {}", label.version.to_string());
    } while ((text.find("preparing") != std::string::npos || text.find("starting") != std::string::npos) && !deadline.passed());
    return text;
  }
  bool wait_for_running(size_t count) {
    const SteadyDeadline deadline(20s);
    while (target.count_running() != count && !deadline.passed()) std::this_thread::sleep_for(1ms);
    return target.count_running() == count;
  }
  std::string route_becomes(const std::string& wanted) {
    const SteadyDeadline deadline(20s);
    while (route() != wanted && !deadline.passed()) std::this_thread::sleep_for(1ms);
    return route();
  }
  size_t records() {
    const auto journal = platform->journal({}, {});
    REQUIRE(journal);
    return journal->records.size();
  }
  target::Instance instance_of(const std::string& name) {
    for (const target::Instance& instance : target.running(fmt::format("{} {}", platform->status().platform, std::filesystem::canonical(folder.root).string())))
      if (instance.name == name) return instance;
    FAIL(fmt::format("{} does not run", name));
    return {};
  }
};

constexpr const char* k_no_room = "CREATE TRIGGER no_room BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END";

}  // namespace

TEST_CASE("switch: forward, back, and back of the way back") {
  World world;
  CHECK(world.route() == "nothing");
  CHECK(world.outcome(world.rollback()) == "no version of `churn` serves in stage `dev`");
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.rollback()) == "there is no version before churn@1.0.0 to go back to");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  CHECK(world.outcome(world.promotion('c')) == "ok");
  CHECK(world.route() == "3.0.0 ready, 2.0.0 ready");
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready, withdrawn 3.0.0") == "2.0.0 ready, 1.0.0 ready, withdrawn 3.0.0");
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.route() == "1.0.0 ready, withdrawn 3.0.0, withdrawn 2.0.0");
  const auto none = world.perform(world.rollback());
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::refused);
  CHECK(none.error().help == "the others are withdrawn; name one with `--to VERSION`, or promote one anew");
  // Back of the way back, by name: it is kept, and is no longer withdrawn.
  SwitchRequest named = world.promotion('c');
  named.kind = SwitchKind::rollback;
  named.incoming.clear();
  CHECK(world.outcome(named) == "ok");
  CHECK(world.route() == "3.0.0 ready, withdrawn 2.0.0, withdrawn 1.0.0");
  CHECK(world.wait_for_running(1));
  CHECK(world.records() == 6);
}

TEST_CASE("switch: what serves already is not promoted again") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('a')) == "churn@1.0.0 serves already");
  CHECK(world.records() == 1);
  CHECK(world.target.count_running() == 1);
}

TEST_CASE("switch: a step that fails leaves the old version serving, and stands in nobody's way") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  const auto refused = [&](const std::string& message, const SwitchRequest& request) { CHECK(world.outcome(request) == message); };
  const auto with_command = [](const char* command) {
    return [command](IncomingVersion& version) {
      version.manifest = replace_all(version.manifest, "{command: [ready]}", fmt::format("{{command: {}, startup_timeout_seconds: 1}}", command));
      version.fill();
    };
  };
  SUBCASE("a file that is not the payload's") {
    refused("`bin/serve` is not the file that payload PAYLOAD names",
            world.promotion('b', [](IncomingVersion& version) { version.write(version.folder.payload() / "bin" / "serve", "other"); }));
  }
  SUBCASE("nothing laid out") {
    SwitchRequest request = world.promotion('b');
    request.incoming = "nowhere";
    CHECK(world.outcome(request).starts_with("cannot read `"));
  }
  SUBCASE("another model") {
    refused("payload PAYLOAD is model `fraud`, not `churn`", world.promotion('b', [](IncomingVersion& version) {
      version.manifest = replace_all(version.manifest, "name: churn", "name: fraud");
      version.fill();
    }));
  }
  SUBCASE("a repository that the name does not belong to") {
    world.root_commit = "another";
    refused("`churn` belongs to another repository on this platform: /src (root commit root)", world.promotion('b'));
    world.root_commit = "root";
  }
  SUBCASE("an environment that this platform does not have") {
    refused("this platform has no environment `moon`", world.promotion('b', [](IncomingVersion& version) {
      version.manifest = replace_all(version.manifest, "{name: native}", "{name: moon}");
      version.fill();
    }));
  }
  SUBCASE("no process can be started") {
    world.target.start_error = Error{.code = ErrorCode::outside, .message = "no port is free"};
    refused("no port is free", world.promotion('b'));
    world.target.start_error.reset();
  }
  SUBCASE("it ends at once") { refused("`churn@2.0.0` ended with exit code 3", world.promotion('b', with_command("[exit, '3']"))); }
  SUBCASE("it never is ready") {
    refused("`churn@2.0.0` was not ready within 1 s: GET /v2/health/ready answered 503", world.promotion('b', with_command("[never-ready]")));
  }
  SUBCASE("its port is lost every time") {
    refused("`churn@2.0.0` lost its port to another program 4 times", world.promotion('b', with_command("[port-taken]")));
  }
  SUBCASE("it answers otherwise than certified") {
    world.model.label = 0;
    refused("2 of 2 certified rows are answered otherwise than certified, first row 1 of `data/holdout.csv`", world.promotion('b'));
    world.model.label = 1;
  }
  SUBCASE("it does not answer") {
    world.model.is_gone = true;
    CHECK(world.outcome(world.promotion('b')).find("connection refused") != std::string::npos);
    world.model.is_gone = false;
  }
  SUBCASE("the certified data set is not in it") {
    refused("`data/holdout.csv` is not the data set that was certified", world.promotion('b', [](IncomingVersion& version) {
      evidence::Certificate certificate = version.certificate();
      certificate.dataset.sha256 = sha256("other");
      version.certify(certificate, version.key);
    }));
  }
  SUBCASE("it is stopped while it is asked") {
    world.model.hangs = true;
    const auto id = world.platform->begin_switch(world.promotion('b'), {});
    REQUIRE(id);
    REQUIRE(world.wait_for_running(2));
    REQUIRE(world.platform->operations().cancel(*id));
    const auto record = world.end_of(*id);
    REQUIRE_FALSE(record);
    CHECK(record.error().code == ErrorCode::interrupted);
    world.model.hangs = false;
  }
  SUBCASE("somebody was faster") {
    SwitchRequest request = world.promotion('b');
    request.expected_generation = 0;
    CHECK(world.outcome(request).starts_with("Ada was faster: promoted churn@1.0.0 at "));
    request = world.promotion('b');
    request.expected_generation = 7;
    CHECK(world.outcome(request).starts_with("Ada was faster: promoted churn@1.0.0 at "));
  }
  SUBCASE("the journal cannot be written") {
    CHECK(by_hand(world.folder.database(), k_no_room).empty());
    CHECK(world.outcome(world.promotion('b')).find("cannot write the journal in `") == 0);
    CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
  }
  SUBCASE("the journal is broken") {
    CHECK(by_hand(world.folder.database(), "DROP TRIGGER journal_is_append_only_update; UPDATE journal SET record = replace(record, 'Ada', 'Eve')").empty());
    CHECK(world.outcome(world.promotion('b')).starts_with("the journal of this platform is broken: record 1 (churn#dev#1, promote to 1.0.0, "));
    const auto journal = world.platform->journal({}, {});
    REQUIRE(journal);
    REQUIRE(journal->faults.size() == 1);
    CHECK_FALSE(world.platform->acknowledge({.faults = {"000000000000"}, .reason = "known", .actor = "Ada"}));
    REQUIRE(world.platform->acknowledge({.faults = {journal->faults[0].id}, .reason = "known", .actor = "Ada"}));
    CHECK(world.platform->status().journal_faults[0].acknowledged->reason == "known");
  }
  CHECK(world.route() == "1.0.0 ready");
  CHECK(world.wait_for_running(1));
  CHECK(world.records() == 1);
  SwitchRequest next = world.promotion('c');
  next.expected_generation = 1;
  CHECK(world.outcome(next) == "ok");
  CHECK(world.route() == "3.0.0 ready, 1.0.0 ready");
  world.restart();
  CHECK(world.route_becomes("3.0.0 ready, 1.0.0 ready") == "3.0.0 ready, 1.0.0 ready");
}

TEST_CASE("switch: in steps") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  const target::Instance old = world.instance_of("churn@1.0.0");
  SwitchRequest request = world.promotion('b');
  request.shift = {.steps = {1, 50, 100}, .step_time = 0ms, .step_requests = 0};
  SUBCASE("each is held and recorded, in the journal alone") {
    const auto record = world.perform(request);
    REQUIRE_MESSAGE(record, record.error().message);
    REQUIRE(record->steps.size() == 3);
    CHECK(record->steps[1].share == 50);
    CHECK(record->steps[1].requests == 0);
    CHECK(world.route() == "2.0.0 ready, 1.0.0 ready");
    CHECK(world.wait_for_running(2));
    CHECK(world.platform->journal({}, {})->records[1].steps == record->steps);
    CHECK(world.platform->journal({}, {})->faults.empty());
    CHECK(world.outcome(world.rollback()) == "ok");
    return;
  }
  SUBCASE("and the first version goes at once") {
    SwitchRequest first = world.promotion('c');
    first.shift = {.steps = {50, 100}, .step_time = 1h, .step_requests = 50};
    world.platform.reset();
    world.folder.root = world.temporary.path() / "other";
    world.up();
    std::filesystem::rename(world.temporary.path() / "state" / "incoming" / first.incoming, world.folder.incoming() / first.incoming);
    CHECK(world.outcome(first) == "ok");
    return;
  }
  SUBCASE("without requests there is no verdict, and that is no pass") {
    request.shift.step_time = 5ms;
    request.shift.step_requests = 1;
    CHECK(world.outcome(request).starts_with("churn@2.0.0 got 1 % of the requests: INCONCLUSIVE: it answered 0 requests in 0."));
  }
  SUBCASE("a crash in one of them ends it") {
    request.shift.step_time = 1h;
    const auto id = world.platform->begin_switch(request, {});
    REQUIRE(id);
    REQUIRE(world.platform->operations().wait(*id, 3, 20s)->steps.size() == 4);
    world.target.crash(world.instance_of("churn@2.0.0"));
    const auto record = world.end_of(*id);
    REQUIRE_FALSE(record);
    CHECK(record.error().message == "churn@2.0.0 got 1 % of the requests: `churn@2.0.0` ended with exit code 134");
    CHECK(record.error().code == ErrorCode::refused);
  }
  SUBCASE("it can be stopped in one of them") {
    request.shift.step_time = 1h;
    const auto id = world.platform->begin_switch(request, {});
    REQUIRE(id);
    REQUIRE(world.platform->operations().wait(*id, 3, 20s)->steps.size() == 4);
    CHECK(world.outcome(world.rollback()).starts_with("Ada is switching churn in dev since "));
    REQUIRE(world.platform->operations().cancel(*id));
    CHECK(world.end_of(*id).error().code == ErrorCode::interrupted);
  }
  SUBCASE("a journal that cannot be written after them sends all requests back") {
    CHECK(by_hand(world.folder.database(), k_no_room).empty());
    CHECK(world.outcome(request).starts_with("cannot write the journal in `"));
    CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
  }
  CHECK(world.route() == "1.0.0 ready");
  CHECK(world.wait_for_running(1));
  CHECK(world.instance_of("churn@1.0.0") == old);
  CHECK(world.records() == 1);
}

TEST_CASE("switch: steps to the version that stands by leave it standing by when they fail") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  SwitchRequest request = world.promotion('a');
  request.shift = {.steps = {50, 100}, .step_time = 5ms, .step_requests = 1};
  CHECK(world.outcome(request).starts_with("churn@1.0.0 got 50 % of the requests: INCONCLUSIVE"));
  CHECK(world.route() == "2.0.0 ready, 1.0.0 ready");
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.route() == "1.0.0 ready, withdrawn 2.0.0");
}

TEST_CASE("switch: a drill goes to the standby and back, and is in the journal") {
  World world;
  SwitchRequest drill = world.rollback();
  drill.kind = SwitchKind::drill;
  CHECK(world.outcome(drill) == "no version of `churn` serves in stage `dev`");
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(drill) == "there is no version before churn@1.0.0 to go back to");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  const auto since = world.platform->status().stages[0].models[0].since;
  SUBCASE("when the standby answers as certified") {
    const auto record = world.perform(drill);
    REQUIRE_MESSAGE(record, record.error().message);
    CHECK(record->kind == SwitchKind::drill);
    CHECK(record->from == record->to);
    CHECK(record->to.version.to_string() == "2.0.0");
    REQUIRE(record->drill);
    CHECK(record->drill->there_ms > 0);
    CHECK(record->drill->back_ms > 0);
    CHECK(world.records() == 3);
    // Who promotes next must have seen it.
    SwitchRequest next = world.promotion('c');
    next.expected_generation = 2;
    CHECK(world.outcome(next).starts_with("Ada was faster: rehearsed a rollback of churn@2.0.0 at "));
  }
  SUBCASE("when it does not") {
    world.model.label = 0;
    CHECK(world.outcome(drill) == "the way back does not work: churn@1.0.0: 1 of 1 certified rows are answered otherwise than certified, first row 1 of `data/holdout.csv`");
    world.model.label = 1;
    CHECK(world.records() == 2);
  }
  SUBCASE("when it is not there") {
    world.target.start_error = Error{.code = ErrorCode::outside, .message = "no port is free"};
    world.target.crash(world.instance_of("churn@1.0.0"));
    CHECK(world.outcome(drill) == "the way back is not there: churn@1.0.0 stands by, and is not ready");
    world.target.start_error.reset();
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
    CHECK(world.records() == 2);
  }
  SUBCASE("when its time cannot be written") {
    CHECK(by_hand(world.folder.database(), k_no_room).empty());
    CHECK(world.outcome(drill).starts_with("cannot write the journal in `"));
    CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
  }
  CHECK(world.route() == "2.0.0 ready, 1.0.0 ready");
  CHECK(world.platform->status().stages[0].models[0].since == since);
  CHECK(world.platform->journal({}, {})->faults.empty());
  world.restart();
  CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
}

TEST_CASE("switch: an emergency is recorded as one") {
  World world;
  SwitchRequest request = world.promotion('a');
  request.gates = Gates::skipped;
  CHECK(world.outcome(request) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  const auto journal = world.platform->journal({}, {});
  REQUIRE(journal);
  CHECK(journal->records[0].gates == Gates::skipped);
  CHECK(journal->records[1].gates == Gates::held);
  CHECK(journal->faults.empty());
}

TEST_CASE("switch: a plan looks and changes nothing") {
  World world;
  const auto plan = [&](const SwitchRequest& request) {
    const auto made = world.platform->plan(request);
    return made ? fmt::format("{}", fmt::join(made->steps, "\n")) : made.error().message;
  };
  SwitchRequest request = world.promotion('a');
  CHECK(plan(request) == fmt::format("look      payload {}, certified 2026-11-23T12:00:10.000Z by key {}: holds, and stage `dev` takes it\n"
                                     "keep      a copy of it on the platform\n"
                                     "start     in environment native, ready within 60 s\n"
                                     "warm up   ask for the 2 certified rows: the answers must be the certified ones\n"
                                     "capacity  its certificate has no throughput: not looked at\n"
                                     "shift     all requests at once\n"
                                     "gate      none: the first sign of trouble is yours to see, `mops rollback` takes it back\n"
                                     "record    write the journal, then swap the route; requests in flight finish where they are\n"
                                     "drain     nothing serves before it",
                                     request.to->payload.short_hex(), world.key.public_key().id().substr(0, 16)));
  CHECK(world.route() == "nothing");
  CHECK(world.target.count_running() == 0);
  CHECK(world.outcome(request) == "ok");
  CHECK(plan(world.promotion('a')) == "churn@1.0.0 serves already");
  request = world.promotion('b');
  request.shift = {.steps = {5, 100}, .step_time = 1500ms, .step_requests = 7};
  CHECK(plan(request).find("shift     5, 100 % of the requests, each for at least 1.5 s and 7 requests, given up after 15 s\n"
                           "gate      at each step at most 0 % fail; else all requests go back at once\n") != std::string::npos);
  CHECK(plan(request).ends_with("drain     keep 1.0.0 warm as the way back"));
  request.gates = Gates::skipped;
  CHECK(plan(request).find("capacity  not looked at (--emergency)\n") != std::string::npos);
  CHECK(world.outcome(world.promotion('b')) == "ok");
  CHECK(plan(world.promotion('a')).find("keep      the platform has a copy already\nstart     it runs already\n") != std::string::npos);
  CHECK(plan(world.promotion('c')).ends_with("drain     keep 2.0.0 warm as the way back; 1.0.0 ends when its last request is answered"));
  CHECK(plan(world.promotion('c', [](IncomingVersion& version) { version.write(version.folder.payload() / "bin" / "serve", "other"); }))
            .starts_with("`bin/serve` is not the file that payload "));
  world.root_commit = "another";
  CHECK(plan(world.promotion('c')).starts_with("`churn` belongs to another repository on this platform"));
  CHECK(world.records() == 2);
  CHECK(world.target.count_running() == 2);
}

TEST_CASE("switch: what a stage demands holds for promotions, and for what a rollback brings anew") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  world.stage.trusted_keys = {std::string(64, '0')};
  world.restart();
  CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
  const std::string untrusted = fmt::format("the certificate is signed by key {}, which stage `dev` does not trust", world.key.public_key().id().substr(0, 16));
  CHECK(world.outcome(world.promotion('c')) == untrusted);
  SwitchRequest named = world.promotion('c');
  named.kind = SwitchKind::rollback;
  CHECK(world.outcome(named) == untrusted);
  // What served here was admitted once.
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.route() == "1.0.0 ready, withdrawn 2.0.0");
}

TEST_CASE("switch: a standby that dies") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  SUBCASE("is started again, and is the way back as before") {
    const target::Instance before = world.instance_of("churn@1.0.0");
    world.target.crash(before);
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 waiting") == "2.0.0 ready, 1.0.0 waiting");
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
    CHECK(world.instance_of("churn@1.0.0").pid != before.pid);
    CHECK(world.outcome(world.rollback()) == "ok");
  }
  SUBCASE("is started by the rollback when that comes first") {
    world.target.crash(world.instance_of("churn@1.0.0"));
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 waiting") == "2.0.0 ready, 1.0.0 waiting");
    CHECK(world.outcome(world.rollback()) == "ok");
  }
  SUBCASE("and whose death nobody has seen yet is started by the rollback as well") {
    world.target.crash(world.instance_of("churn@1.0.0"));
    CHECK(world.outcome(world.rollback()) == "ok");
    CHECK_FALSE(world.target.ended(world.instance_of("churn@1.0.0")));
  }
  SUBCASE("and cannot be started is given back to the supervisor, which tries on") {
    world.target.start_error = Error{.code = ErrorCode::outside, .message = "no port is free"};
    world.target.crash(world.instance_of("churn@1.0.0"));
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 waiting") == "2.0.0 ready, 1.0.0 waiting");
    CHECK(world.outcome(world.rollback()) == "no port is free");
    CHECK(world.route() == "2.0.0 ready, 1.0.0 waiting");
    world.target.start_error.reset();
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
    CHECK(world.outcome(world.rollback()) == "ok");
  }
  SUBCASE("and was started for a rollback that could not be written is given back as well") {
    world.target.start_error = Error{.code = ErrorCode::outside, .message = "no port is free"};
    world.target.crash(world.instance_of("churn@1.0.0"));
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 waiting") == "2.0.0 ready, 1.0.0 waiting");
    CHECK(by_hand(world.folder.database(), k_no_room).empty());
    world.target.start_error.reset();
    CHECK(world.outcome(world.rollback()).starts_with("cannot write the journal in `"));
    CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
    CHECK(world.wait_for_running(2));
    CHECK(world.outcome(world.rollback()) == "ok");
  }
  SUBCASE("on a damaged copy is no way back, until the copy is whole again") {
    world.target.crash(world.instance_of("churn@1.0.0"));
    const Path file = world.folder.versions() / world.promotion('a').to->payload.hex() / "payload" / "bin" / "serve";
    REQUIRE(world.files.write(file, "other"));
    CHECK(world.outcome(world.rollback()).starts_with("the platform's copy is damaged: `bin/serve` is not the file that payload "));
    CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
    REQUIRE(world.files.write(file, "a"));
    CHECK(world.outcome(world.rollback()) == "ok");
  }
  CHECK(world.route() == "1.0.0 ready, withdrawn 2.0.0");
  CHECK(world.wait_for_running(1));
}

TEST_CASE("switch: a rollback whose record cannot be written changes nothing, and can be asked for again") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  const target::Instance standby = world.instance_of("churn@1.0.0");
  CHECK(by_hand(world.folder.database(), k_no_room).empty());
  CHECK(world.outcome(world.rollback()).starts_with("cannot write the journal in `"));
  CHECK(world.route() == "2.0.0 ready, 1.0.0 ready");
  CHECK(world.instance_of("churn@1.0.0") == standby);
  CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.route() == "1.0.0 ready, withdrawn 2.0.0");
  CHECK(world.instance_of("churn@1.0.0") == standby);
}

TEST_CASE("switch: going back works over a broken journal") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  CHECK(by_hand(world.folder.database(), "DROP TRIGGER journal_is_append_only_update; UPDATE journal SET record = replace(record, 'Ada', 'Eve')").empty());
  world.restart();
  CHECK(world.route_becomes("2.0.0 ready, 1.0.0 ready") == "2.0.0 ready, 1.0.0 ready");
  CHECK(world.platform->status().journal_faults.size() == 2);
  CHECK(world.outcome(world.rollback()) == "ok");
  CHECK(world.platform->journal({}, {})->faults.size() == 2);
}

TEST_CASE("switch: what comes anew with a kept payload counts when the journal has it, not before") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  CHECK(world.outcome(world.promotion('b')) == "ok");
  const auto newer = [](IncomingVersion& version) {
    version.manifest = replace_all(version.manifest, "team: risk", "team: fraud");
    version.fill();
  };
  const Digest payload = world.promotion('a').to->payload;
  const auto owner_of = [&] {
    auto state = State::open(world.folder.database());
    REQUIRE(state);
    const auto texts = state->version_texts(payload);
    REQUIRE(texts);
    return (*texts)->manifest.find("team: fraud") == std::string::npos ? "risk" : "fraud";
  };
  CHECK(by_hand(world.folder.database(), k_no_room).empty());
  CHECK(world.outcome(world.promotion('a', newer)).starts_with("cannot write the journal in `"));
  CHECK(by_hand(world.folder.database(), "DROP TRIGGER no_room").empty());
  CHECK(owner_of() == "risk");
  CHECK(world.outcome(world.promotion('a', newer)) == "ok");
  CHECK(owner_of() == "fraud");
}

TEST_CASE("switch: a promotion that fails binds no name") {
  World world;
  world.root_commit = "mistake";
  world.model.label = 0;
  CHECK(world.outcome(world.promotion('a')).starts_with("2 of 2 certified rows are answered otherwise"));
  world.model.label = 1;
  world.root_commit = "root";
  CHECK(world.outcome(world.promotion('a')) == "ok");
}

TEST_CASE("platform: what an earlier one left without a record is ended, what another platform runs is not") {
  World world;
  CHECK(world.outcome(world.promotion('a')) == "ok");
  const std::string id = world.platform->status().platform;
  world.platform.reset();
  CHECK(world.target.count_running() == 0);
  const std::string owner = fmt::format("{} {}", id, std::filesystem::canonical(world.folder.root).string());
  const auto left = world.target.start({.name = "left", .owner = owner, .command = {"ready"}});
  const auto foreign = world.target.start({.name = "foreign", .owner = fmt::format("{} /elsewhere", id), .command = {"ready"}});
  REQUIRE(left);
  REQUIRE(foreign);
  world.up();
  CHECK(world.target.ended(*left));
  CHECK_FALSE(world.target.ended(*foreign));
  CHECK(world.route_becomes("1.0.0 ready") == "1.0.0 ready");
  CHECK(world.target.stop(*foreign, 0s));
}
