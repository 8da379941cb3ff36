#include "cli/fingerprint.h"

#include <doctest/doctest.h>

#include <set>

using namespace mops;
using namespace mops::cli;

namespace {

Diagnostic finding_at(uint32_t line, std::string message, std::string rule = "manifest/bad-value") {
  Position begin{.line = line, .column = 3};
  return {.rule = std::move(rule), .message = std::move(message), .location = {.path = "m/mops.yaml", .span = Span{begin, begin}}};
}

ModelFindings model_with(std::string text, std::vector<Diagnostic> findings) {
  ModelFindings model{.folder = "m", .prefix = "m/", .repository_prefix = "models/m/", .findings = std::move(findings)};
  model.texts.add("m/mops.yaml", std::move(text));
  return model;
}

}  // namespace

TEST_CASE("a fingerprint stays when lines are put in above and blanks change, not when the line, rule or subject changes") {
  const auto print_of = [](std::string text, Diagnostic finding) { return fingerprints(model_with(std::move(text), {std::move(finding)})).front(); };
  const std::string first = print_of("a: 1\nb: 2\n", finding_at(2, "found `2` in `b`"));
  CHECK(first.size() == 32);
  CHECK(print_of("# new\n\na: 1\n\tb:   2  \r\n", finding_at(4, "found `2` in `b`")) == first);
  CHECK(print_of("a: 1\nb: 2\n", finding_at(2, "there is `2`, which is not good")) == first);
  CHECK(print_of("a: 1\nb: 3\n", finding_at(2, "found `2` in `b`")) != first);
  CHECK(print_of("a: 1\nb: 2\n", finding_at(2, "found `3` in `b`")) != first);
  CHECK(print_of("a: 1\nb: 2\n", finding_at(2, "found `2` in `b`", "manifest/wrong-type")) != first);
}

TEST_CASE("a fingerprint is about the place in the repository, wherever the user stands") {
  ModelFindings inside = model_with("", {finding_at(2, "found `2`")});
  inside.texts = {};
  inside.texts.add("mops.yaml", "a: 1\nb: 2\n");
  inside.prefix = "";
  inside.findings.front().location.path = "mops.yaml";
  CHECK(fingerprints(inside) == fingerprints(model_with("a: 1\nb: 2\n", {finding_at(2, "found `2`")})));
  inside.repository_prefix = "models/other/";
  CHECK(fingerprints(inside) != fingerprints(model_with("a: 1\nb: 2\n", {finding_at(2, "found `2`")})));
}

TEST_CASE("equal findings differ by their number, and one that is mended leaves the others as they were") {
  const auto three = fingerprints(model_with("x\n", {finding_at(1, "`a` is missing"), finding_at(1, "`b` is missing"), finding_at(1, "`b` is missing")}));
  CHECK(std::set(three.begin(), three.end()).size() == 3);
  const auto two = fingerprints(model_with("x\n", {finding_at(1, "`b` is missing"), finding_at(1, "`b` is missing")}));
  CHECK(two == std::vector(three.begin() + 1, three.end()));
}

TEST_CASE("a finding about a file that is not there has a fingerprint") {
  Diagnostic absent{.rule = "card/missing", .message = "there is no `model-card.md`", .location = {.path = "m/model-card.md", .span = {}}};
  Diagnostic section{.rule = "card/missing-section", .message = "there is no section `A`", .location = {.path = "m/model-card.md", .span = {}}};
  Diagnostic other = section;
  other.message = "there is no section `B`";
  const auto prints = fingerprints(model_with("", {absent, section, other}));
  CHECK(std::set(prints.begin(), prints.end()).size() == 3);
}
