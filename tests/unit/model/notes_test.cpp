#include "model/notes.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::model;

namespace {

Result<Notes> read(std::string text) { return read_notes(document::parse_yaml({.path = "notes.yaml", .text = std::move(text)})); }

std::string refusal(std::string text) {
  const auto notes = read(std::move(text));
  REQUIRE_FALSE(notes);
  return notes.error().message + " | " + notes.error().help;
}

}  // namespace

TEST_CASE("read_notes: everything") {
  const std::string payload(64, 'a');
  const std::string certificate(64, '1');
  const auto notes = read(
      "format: notes/v1\nversion: 0.1.0\ndate: 2026-11-23\nsummary: First.\nadded: [one, two]\nsecurity: []\n"
      "facts:\n  payload: " + payload + "\n  certificate: \"" + certificate + "\"\n  metrics: {roc_auc: 0.990}\n  performance: {p99_ms: 3, error_share: 1e-3}\n");
  REQUIRE_MESSAGE(notes, notes.error().message);
  CHECK(notes->version.to_string() == "0.1.0");
  CHECK(notes->date == "2026-11-23");
  CHECK(notes->summary == "First.");
  CHECK(notes->sections.size() == 2);
  CHECK(notes->sections.at("added") == std::vector<std::string>{"one", "two"});
  CHECK(notes->sections.at("security").empty());
  CHECK(notes->payload->hex() == payload);
  CHECK(notes->certificate->hex() == certificate);
  CHECK(notes->metrics.at("roc_auc").text == "0.990");
  CHECK(notes->metrics.at("roc_auc").span.begin.line == 10);
  CHECK(notes->metrics.at("roc_auc").span.begin.column == 22);
  CHECK(notes->performance.at("p99_ms").text == "3");
  CHECK(notes->performance.at("error_share").text == "1e-3");
}

TEST_CASE("read_notes: facts may be missing") {
  const auto notes = read("format: notes/v1\nversion: 1.0.0-rc.1\ndate: 2026-11-23\nsummary: s\nx-ticket: 7\n");
  REQUIRE_MESSAGE(notes, notes.error().message);
  CHECK_FALSE(notes->payload);
  CHECK_FALSE(notes->certificate);
  CHECK(notes->metrics.empty());
  CHECK(notes->sections.empty());
}

TEST_CASE("read_notes: refused at the place") {
  const std::string head = "format: notes/v1\n";
  const std::string rest = "date: 2026-11-23\nsummary: s\n";
  CHECK(refusal(head + "version: 1.0\n" + rest) == "notes.yaml:2:10: found a number in `version`, expected a string | put it in quotes: `\"1.0\"`");
  CHECK(refusal(head + "version: v1.0.0\n" + rest) == "notes.yaml:2:10: `v1.0.0` is not a version | leave the `v` out: `1.0.0`");
  CHECK(refusal(head + rest) == "notes.yaml:1:1: `version` is missing | ");
  CHECK(refusal(head + "version: 1.0.0\ndate: 2026-13-01\nsummary: s\n") == "notes.yaml:3:7: found `2026-13-01` in `date`, expected a date such as `2026-11-23` | ");
  CHECK(refusal(head + "version: 1.0.0\ndate: 2026-11-23T00:00:00Z\nsummary: s\n") ==
        "notes.yaml:3:7: found `2026-11-23T00:00:00Z` in `date`, expected a date such as `2026-11-23` | ");
  CHECK(refusal(head + "version: 1.0.0\n" + rest + "fixed: all\n") == "notes.yaml:5:8: found a string in `fixed`, expected a list | ");
  CHECK(refusal(head + "version: 1.0.0\n" + rest + "facts: {metrics: {roc_auc: \"0.9\"}}\n") == "notes.yaml:5:28: found a string in `roc_auc`, expected a number | ");
  CHECK(refusal(head + "version: 1.0.0\n" + rest + "facts: {metrics: {roc_auc: .nan}}\n") == "notes.yaml:5:28: found `.nan` in `roc_auc`, expected a finite number | ");
  CHECK(refusal("format: notes/v7\nversion: 1.0.0\n" + rest) ==
        "notes.yaml:1:9: found format `notes/v7`, newer than `notes/v1`, the newest that this mops reads | install a newer mops");
}
