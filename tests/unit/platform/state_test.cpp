#include "platform/state.h"

#include "base/real_file_system.h"
#include "by_hand.h"
#include "fakes/temporary_folder.h"
#include "specimen.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

namespace {

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

Brought brought(const std::string& repository, const std::string& manifest) {
  return {.binding = {.model = "churn", .root_commit = "r", .folder = "f", .repository = repository},
          .texts = {.manifest = manifest, .certificate = "{}", .public_key = "PEM"}};
}

/// Of each fault the record that it names.
std::string shown(const Result<std::vector<JournalFault>>& faults) {
  REQUIRE_MESSAGE(faults, faults.error().message);
  std::string text;
  for (const JournalFault& fault : *faults) text += fault.record + (fault.acknowledged ? " acknowledged " : " ");
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
    REQUIRE(state.append(wanted("churn", "dev", 'a'), brought("p", "one")));
    const auto appended = state.append(wanted("churn", "dev", 'b'), brought("q'", "two"));
    REQUIRE(appended);
    written = to_json(to_value(*appended));
    REQUIRE(state.put_instance({.key = "k2", .instance = instance(2)}));
    REQUIRE(state.put_instance({.key = "k1", .instance = instance(3)}));
    REQUIRE(state.put_instance({.key = "k1", .instance = instance(1)}));
    REQUIRE(state.put_instance({.key = "gone", .instance = instance(9)}));
    REQUIRE(state.remove_instance("gone"));
    REQUIRE(state.remove_instance("never there"));
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
  CHECK((*state.version_texts(digest('a')))->manifest == "one");
  CHECK((*state.version_texts(digest('b')))->manifest == "two");
  CHECK_FALSE(*state.version_texts(digest('c')));
}

TEST_CASE("State: a promotion is written whole or not at all") {
  World world;
  State state = world.open();
  REQUIRE(state.append(wanted("churn", "dev", 'a'), brought("p", "one")));
  for (const char* table : {"binding", "version"}) {
    CAPTURE(table);
    CHECK(by_hand(world.file, fmt::format("CREATE TRIGGER no_room BEFORE INSERT ON {} BEGIN SELECT RAISE(ABORT, 'no room'); END", table)).empty());
    CHECK_FALSE(state.append(wanted("churn", "dev", 'b'), brought("q", "two")));
    CHECK_FALSE(state.append(wanted("churn", "dev", 'a'), brought("q", "two")));
    CHECK(by_hand(world.file, "DROP TRIGGER no_room").empty());
  }
  CHECK(shown(world.journal(state)) == "churn#dev#1:1.0.0 ");
  CHECK((*state.binding("churn"))->repository == "p");
  CHECK((*state.version_texts(digest('a')))->manifest == "one");
  CHECK_FALSE(*state.version_texts(digest('b')));
  CHECK(shown(state.journal_faults()).empty());
  REQUIRE(state.append(wanted("churn", "dev", 'a'), brought("q", "two")));
  CHECK((*state.binding("churn"))->repository == "q");
  CHECK((*state.version_texts(digest('a')))->manifest == "two");
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
  for (const char letter : {'a', 'b', 'c'}) world.append(state, wanted("churn", "dev", letter));
  CHECK(shown(state.journal_faults()).empty());
  const auto with_force = [&](std::string_view sql) {
    CHECK(by_hand(world.file, fmt::format("DROP TRIGGER IF EXISTS journal_is_append_only_update; DROP TRIGGER IF EXISTS journal_is_append_only_delete; {}", sql)).empty());
  };
  SUBCASE("in the middle") {
    with_force("UPDATE journal SET record = replace(record, 'Ada', 'Eve') WHERE number = 2");
    CHECK(shown(state.journal_faults()) == "churn#dev#2 ");
    CHECK(world.journal(state)[1].actor.name.value == "Eve");
  }
  SUBCASE("at the end, which no record follows") {
    with_force("UPDATE journal SET record = replace(record, 'Ada', 'Eve') WHERE number = 3");
    CHECK(shown(state.journal_faults()) == "churn#dev#3 ");
  }
  SUBCASE("removed at the end") {
    with_force("DELETE FROM journal WHERE number = 3");
    CHECK(shown(state.journal_faults()) == "churn#dev#2 ");
  }
  SUBCASE("added by hand") {
    with_force("INSERT INTO journal (model, stage, number, record) SELECT model, stage, 4, replace(record, '\"number\":3', '\"number\":4') FROM journal WHERE number = 3");
    CHECK(shown(state.journal_faults()) == "churn#dev#3 churn#dev#4 ");
  }
  SUBCASE("no JSON any more") {
    with_force("UPDATE journal SET record = '{' WHERE number = 2");
    CHECK(shown(state.journal_faults()) == "churn#dev#2 ");
    CHECK(shown(world.journal(state)) == "churn#dev#1:1.0.0 churn#dev#3:3.0.0 ");
  }
  SUBCASE("all removed") {
    with_force("DELETE FROM journal");
    CHECK(shown(state.journal_faults()) == " ");
  }
  // What is appended later neither hides the fault nor makes another one of it.
  const auto before = state.journal_faults();
  world.append(state, wanted("churn", "dev", 'd'));
  world.append(state, wanted("fraud", "dev", 'd'));
  const auto after = state.journal_faults();
  REQUIRE(after);
  REQUIRE(after->size() == before->size());
  for (size_t i = 0; i < after->size(); ++i) CHECK((*after)[i].id == (*before)[i].id);

  std::vector<std::string> ids;
  for (const JournalFault& fault : *after) ids.push_back(fault.id);
  REQUIRE(state.acknowledge(ids, {.reason = "known", .actor = "Ada", .time = *parse_time("2026-11-23T12:00:00Z")}));
  const State reopened = world.open();
  const auto known = state.journal_faults();
  CHECK_FALSE(has_open_fault(*known));
  CHECK((*known)[0].acknowledged->reason == "known");
  CHECK((*known)[0].acknowledged->time == *parse_time("2026-11-23T12:00:00Z"));
  // Another change is another fault.
  with_force("UPDATE journal SET record = replace(record, 'laptop', 'tower') WHERE model = 'fraud'");
  CHECK(shown(state.journal_faults()).ends_with("fraud#dev#1 "));
  CHECK(has_open_fault(*state.journal_faults()));
}

TEST_CASE("State: an instance that cannot be read stands in no other's way") {
  World world;
  State state = world.open();
  REQUIRE(state.put_instance({.key = "k1", .instance = instance(1)}));
  CHECK(by_hand(world.file, "INSERT INTO instance (key, instance) VALUES ('a', 'x'), ('b', '{}')").empty());
  const auto instances = state.instances();
  REQUIRE(instances);
  REQUIRE(instances->size() == 1);
  CHECK((*instances)[0].key == "k1");
}

TEST_CASE("State: one of format 1 is brought to the present one") {
  World world;
  // As mops 0.1.0 made it.
  CHECK(by_hand(world.file, R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, stage TEXT NOT NULL, number INTEGER NOT NULL,
  record TEXT NOT NULL, UNIQUE (model, stage, number)) STRICT;
CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE instance (key TEXT PRIMARY KEY, instance TEXT NOT NULL) STRICT;
CREATE TABLE binding (model TEXT PRIMARY KEY, root_commit TEXT NOT NULL, folder TEXT NOT NULL, repository TEXT NOT NULL) STRICT;
INSERT INTO meta (key, value) VALUES ('platform', '01KAMZ0000000000000000000P');
PRAGMA user_version = 1;
)sql").empty());
  JournalRecord first = wanted("churn", "dev", 'a');
  first.number = 1;
  first.previous.reset();
  JournalRecord second = wanted("churn", "dev", 'b');
  second.number = 2;
  second.previous = digest_of(first);
  for (const JournalRecord& record : {first, second})
    CHECK(by_hand(world.file, fmt::format("INSERT INTO journal (model, stage, number, record) VALUES ('churn', 'dev', {}, '{}')", record.number,
                                          to_json(to_value(record)))).empty());
  State state = world.open();
  CHECK(state.platform_id("fresh") == "01KAMZ0000000000000000000P");
  CHECK(shown(state.journal_faults()).empty());
  CHECK(world.append(state, wanted("churn", "dev", 'c')).previous == digest_of(second));
  CHECK(shown(state.journal_faults()).empty());
  CHECK(by_hand(world.file, "DROP TRIGGER journal_is_append_only_update; UPDATE journal SET record = replace(record, 'Ada', 'Eve') WHERE number = 1").empty());
  CHECK(shown(state.journal_faults()) == "churn#dev#1 ");
  // As it was before, kept beside it, and good for another beginning.
  auto copy = State::open(world.file.string() + ".format-1");
  REQUIRE_MESSAGE(copy, copy.error().message);
  CHECK(copy->journal()->size() == 2);
  CHECK(shown(copy->journal_faults()).empty());
}

TEST_CASE("State: files of others") {
  World world;
  RealFileSystem files;
  SUBCASE("a newer format") {
    { const State state = world.open(); }
    CHECK(by_hand(world.file, "PRAGMA user_version = 3").empty());
    CHECK(world.refusal() == "`DIR/platform.sqlite` has format 3, this mops knows 2");
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
