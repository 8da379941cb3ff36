#include "model/commit_note.h"

#include <doctest/doctest.h>

using namespace mops::model;

namespace {

std::string told(std::string_view message) {
  const auto line = note_of_commit(message);
  return line ? line->section + " | " + line->text : "nothing";
}

}  // namespace

TEST_CASE("note_of_commit: types of Conventional Commits") {
  CHECK(told("feat: plan as an input\n") == "added | plan as an input");
  CHECK(told("fix: a null in age\n\nbody") == "fixed | a null in age");
  CHECK(told("perf: half the time") == "changed | half the time");
  CHECK(told("refactor: one function") == "changed | one function");
  CHECK(told("Feat(api): plan") == "added | api: plan");
  CHECK(told("feat( api ): plan") == "added | api: plan");
  CHECK(told("docs: say more") == "changed | docs: say more");
  CHECK(told("feature: more") == "changed | feature: more");
  CHECK(told("Certified at a higher load") == "changed | Certified at a higher load");
  CHECK(told("feat:plan") == "changed | feat:plan");
  CHECK(told("feat: ") == "changed | feat:");
  CHECK(told("feat(api: plan") == "changed | feat(api: plan");
  CHECK(told("fix bug: really") == "changed | fix bug: really");
  CHECK(told(": nothing") == "changed | : nothing");
}

TEST_CASE("note_of_commit: what breaks") {
  CHECK(told("feat!: age in months") == "changed | BREAKING: age in months");
  CHECK(told("chore(api)!: age in months") == "changed | BREAKING: api: age in months");
  CHECK(told("feat: age in months\n\nbody\n\nBREAKING CHANGE: multiply by 12\nReviewed-by: Ada") == "changed | BREAKING: age in months; multiply by 12");
  CHECK(told("feat: x\n\nBREAKING-CHANGE: one\n two\n\nbody") == "changed | BREAKING: x; one two");
  CHECK(told("feat: x\n\nBREAKING CHANGE: one\nRefs #12\nBREAKING CHANGE: two") == "changed | BREAKING: x; one; two");
  CHECK(told("Months\n\nBREAKING CHANGE: multiply by 12") == "changed | BREAKING: Months; multiply by 12");
  CHECK(told("feat: x\n\nbreaking change: no footer") == "added | x");
  CHECK(told("feat: x\n\nThis is no BREAKING CHANGE: really") == "added | x");
}

TEST_CASE("note_of_commit: titles of every shape are one line") {
  CHECK(told("") == "nothing");
  CHECK(told("\n \n") == "nothing");
  CHECK(told("\n\nfix: late\n") == "fixed | late");
  CHECK(told("a title\nof two lines\n\nbody") == "changed | a title of two lines");
  CHECK(told("tabs\tand\x01 control\x7f") == "changed | tabs and control");
  CHECK(told("fix: \xf0\x9f\x90\x9b # not: a comment") == "fixed | \xf0\x9f\x90\x9b # not: a comment");
  CHECK(told("- not a list\r\n") == "changed | - not a list");
}
