#include "platform/state.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"
#include "specimen.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

namespace {

/// A second program at the file: runs the statements, and returns what it says (empty when all went well).
std::string by_hand(const Path& file, std::string_view sql) {
  constexpr const char* k_program = "import sqlite3, sys\n"
                                    "try:\n"
                                    "  with sqlite3.connect(sys.argv[1]) as db: db.executescript(sys.argv[2])\n"
                                    "except sqlite3.Error as e: print(e, end='')\n";
  const auto ran = run_process({.arguments = {"python3", "-c", k_program, file.string(), std::string(sql)}, .variables = Variables::of_this_process()});
  REQUIRE_MESSAGE(ran, ran.error().message);
  REQUIRE_MESSAGE(ran->exit_code == 0, ran->errors);
  return ran->output;
}

JournalRecord wanted(const std::string& model, const std::string& stage, char to) {
  JournalRecord record = specimen_record();
  record.model = model;
  record.stage = stage;
  record.to = label(to);
  record.number = 77;  // both are the state's business
  record.previous = digest('9');
  return record;
}

struct World {
  fakes::TemporaryFolder folder;
  Path file = folder.path() / "platform.sqlite";

  State open() {
    auto state = State::open(file);
    REQUIRE_MESSAGE(state, state.error().message);
    return std::move(*state);
  }
  JournalRecord append(State& state, const JournalRecord& record) {
    const auto appended = state.append(record);
    REQUIRE_MESSAGE(appended, appended.error().message);
    return *appended;
  }
  std::vector<JournalRecord> journal(State& state, const std::optional<std::string>& model = {}, const std::optional<std::string>& stage = {}) {
    const auto records = state.journal(model, stage);
    REQUIRE_MESSAGE(records, records.error().message);
    return *records;
  }
  std::string refusal() {
    const auto state = State::open(file);
    REQUIRE_FALSE(state);
    CHECK(state.error().code == ErrorCode::invalid);
    return replace_all(state.error().message, folder.path().string(), "DIR");
  }
};

std::string shown(const std::vector<JournalRecord>& records) {
  std::string text;
  for (const JournalRecord& record : records) text += fmt::format("{}#{}#{}:{} ", record.model, record.stage, record.number, record.to.version.to_string());
  return text;
}

target::Instance instance(uint16_t port) {
  return {.name = "dev/churn/x", .model = "churn", .payload = digest('a'), .pid = 42, .start_time = 4711, .boot_id = "boot", .port = port, .log = "/l/a.log"};
}

}  // namespace

TEST_CASE("State: numbers count per model and stage, the chain goes through all") {
  World world;
  State state = world.open();
  const JournalRecord first = world.append(state, wanted("churn", "dev", 'a'));
  const JournalRecord second = world.append(state, wanted("churn", "production", 'a'));
  const JournalRecord third = world.append(state, wanted("fraud", "dev", 'c'));
  const JournalRecord fourth = world.append(state, wanted("churn", "dev", 'b'));
  CHECK_FALSE(first.previous);
  CHECK(second.previous == digest_of(first));
  CHECK(third.previous == digest_of(second));
  CHECK(fourth.previous == digest_of(third));
  CHECK(shown(world.journal(state)) == "churn#dev#1:1.0.0 churn#production#1:1.0.0 fraud#dev#1:3.0.0 churn#dev#2:2.0.0 ");
  CHECK(shown(world.journal(state, "churn")) == "churn#dev#1:1.0.0 churn#production#1:1.0.0 churn#dev#2:2.0.0 ");
  CHECK(shown(world.journal(state, {}, "dev")) == "churn#dev#1:1.0.0 fraud#dev#1:3.0.0 churn#dev#2:2.0.0 ");
  CHECK(shown(world.journal(state, "churn", "dev")) == "churn#dev#1:1.0.0 churn#dev#2:2.0.0 ");
  CHECK(shown(world.journal(state, "other")).empty());
  CHECK(to_json(to_value(world.journal(state)[3])) == to_json(to_value(fourth)));
}

TEST_CASE("State: everything is there after it was opened again") {
  World world;
  std::string written;
  {
    State state = world.open();
    CHECK(state.platform_id("first") == "first");
    world.append(state, wanted("churn", "dev", 'a'));
    written = to_json(to_value(world.append(state, wanted("churn", "dev", 'b'))));
    REQUIRE(state.put_instance({.key = "k2", .instance = instance(2)}));
    REQUIRE(state.put_instance({.key = "k1", .instance = instance(3)}));
    REQUIRE(state.put_instance({.key = "k1", .instance = instance(1)}));
    REQUIRE(state.put_instance({.key = "gone", .instance = instance(9)}));
    REQUIRE(state.remove_instance("gone"));
    REQUIRE(state.remove_instance("never there"));
    REQUIRE(state.put_binding({.model = "churn", .root_commit = "r", .folder = "f", .repository = "p"}));
    REQUIRE(state.put_binding({.model = "churn", .root_commit = "r", .folder = "f", .repository = "q'"}));
  }
  State state = world.open();
  CHECK(state.platform_id("second") == "first");
  CHECK(to_json(to_value(world.journal(state).back())) == written);
  CHECK(world.append(state, wanted("churn", "dev", 'c')).number == 3);
  const auto rows = state.instances();
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK((*rows)[0].key == "k1");
  CHECK((*rows)[0].instance == instance(1));
  CHECK((*rows)[1].key == "k2");
  CHECK((*rows)[1].instance == instance(2));
  const auto binding = state.binding("churn");
  REQUIRE(binding);
  REQUIRE(*binding);
  CHECK(fmt::format("{} {} {} {}", (*binding)->model, (*binding)->root_commit, (*binding)->folder, (*binding)->repository) == "churn r f q'");
  const auto none = state.binding("other");
  REQUIRE(none);
  CHECK_FALSE(*none);
}

TEST_CASE("State: nobody changes the journal") {
  World world;
  State state = world.open();
  world.append(state, wanted("churn", "dev", 'a'));
  world.append(state, wanted("churn", "dev", 'b'));
  const std::string before = shown(world.journal(state));
  for (const char* sql : {"UPDATE journal SET record = '{}'", "UPDATE journal SET number = 3 WHERE number = 2", "DELETE FROM journal", "DELETE FROM journal WHERE number = 2",
                          "INSERT OR REPLACE INTO journal SELECT sequence, model, stage, number, '{}' FROM journal",
                          "REPLACE INTO journal (model, stage, number, record) VALUES ('churn', 'dev', 1, '{}')"}) {
    CAPTURE(sql);
    CHECK(by_hand(world.file, sql) == "the journal is append-only");
  }
  CHECK(shown(world.journal(state)) == before);
  CHECK(by_hand(world.file, "INSERT INTO journal (model, stage, number, record) VALUES ('other', 'dev', 1, '{}')").empty());
}

TEST_CASE("State: a record that was changed with force breaks the chain") {
  World world;
  State state = world.open();
  world.append(state, wanted("churn", "dev", 'a'));
  world.append(state, wanted("churn", "dev", 'b'));
  CHECK(by_hand(world.file, "DROP TRIGGER journal_is_append_only_update; UPDATE journal SET record = replace(record, 'Ada', 'Eve') WHERE number = 1").empty());
  const std::vector<JournalRecord> records = world.journal(state);
  CHECK(records[0].actor.name.value == "Eve");
  CHECK(records[1].previous != digest_of(records[0]));
}

TEST_CASE("State: damage is told, not served") {
  World world;
  State state = world.open();
  CHECK(by_hand(world.file, "INSERT INTO journal (model, stage, number, record) VALUES ('churn', 'dev', 1, '{');"
                            "INSERT INTO instance (key, instance) VALUES ('k', 'x')")
            .empty());
  const auto journal = state.journal();
  REQUIRE_FALSE(journal);
  CHECK(journal.error().message == "a record of the journal is damaged");
  const auto appended = state.append(wanted("churn", "dev", 'a'));
  REQUIRE_FALSE(appended);
  CHECK(appended.error().message == "a record of the journal is damaged");
  const auto instances = state.instances();
  REQUIRE_FALSE(instances);
  CHECK(instances.error().message == "a recorded instance is damaged");
}

TEST_CASE("State: files of others") {
  World world;
  RealFileSystem files;
  SUBCASE("a newer format") {
    { const State state = world.open(); }
    CHECK(by_hand(world.file, "PRAGMA user_version = 2").empty());
    CHECK(world.refusal() == "`DIR/platform.sqlite` has format 2, this mops knows 1");
  }
  SUBCASE("no database") {
    REQUIRE(files.write(world.file, std::string(2000, 'x')));
    CHECK(world.refusal() == "`DIR/platform.sqlite` is not the state of a platform");
    CHECK(files.read(world.file)->size() == 2000);
  }
  SUBCASE("a database of something else") {
    CHECK(by_hand(world.file, "CREATE TABLE recipes (name TEXT)").empty());
    CHECK(world.refusal() == "`DIR/platform.sqlite` is not the state of a platform");
  }
  SUBCASE("a folder that is not there") {
    world.file = world.folder.path() / "none" / "platform.sqlite";
    const auto state = State::open(world.file);
    REQUIRE_FALSE(state);
    CHECK(state.error().code == ErrorCode::outside);
    CHECK(state.error().message == fmt::format("cannot open the state in `{}`: unable to open database file", world.file.string()));
  }
  SUBCASE("an empty file is a new one") {
    REQUIRE(files.write(world.file, ""));
    State state = world.open();
    CHECK(shown(world.journal(state)).empty());
  }
}
