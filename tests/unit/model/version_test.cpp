#include "model/version.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::model;

namespace {

Version version(std::string_view text) {
  auto parsed = Version::parse(text);
  REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}

std::string refusal(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().message + " | " + result.error().help;
}

}  // namespace

TEST_CASE("Version: precedence of semver.org, 11") {
  const std::vector<std::string_view> ascending = {"0.9.0",
                                                   "1.0.0-alpha",
                                                   "1.0.0-alpha.1",
                                                   "1.0.0-alpha.beta",
                                                   "1.0.0-beta",
                                                   "1.0.0-beta.2",
                                                   "1.0.0-beta.11",
                                                   "1.0.0-rc.1",
                                                   "1.0.0",
                                                   "1.9.0",
                                                   "1.10.0",
                                                   "1.11.0",
                                                   "2.0.0",
                                                   "2.1.0",
                                                   "2.1.1"};
  for (size_t i = 0; i < ascending.size(); ++i)
    for (size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK((version(ascending[i]) <=> version(ascending[j])) == (i <=> j));
      CHECK((version(ascending[i]) == version(ascending[j])) == (i == j));
    }
}

TEST_CASE("Version: numeric identifiers of any length, before words, words by bytes") {
  CHECK(version("1.0.0-9") < version("1.0.0-10"));
  CHECK(version("1.0.0-99999999999999999999") < version("1.0.0-100000000000000000000"));
  CHECK(version("1.0.0-99999999999999999998") < version("1.0.0-99999999999999999999"));
  CHECK(version("1.0.0-999") < version("1.0.0--"));
  CHECK(version("1.0.0-999") < version("1.0.0-0a"));
  CHECK(version("1.0.0-A") < version("1.0.0-a"));
  CHECK(version("1.0.0-rc") < version("1.0.0-rc.0"));
}

TEST_CASE("Version: what semver.org takes is printed as it was") {
  for (const std::string_view text : {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease", "1.0.0-alpha", "1.0.0-alpha.beta.1", "1.0.0-alpha.0valid", "1.0.0-rc.1",
                                      "1.2.3----RC-SNAPSHOT.12.9.1--.12", "1.0.0-0A.is.legal", "18446744073709551615.0.0", "2.0.0--"})
    CHECK(version(text).to_string() == text);
}

TEST_CASE("Version: refused, each with what to do") {
  CHECK(refusal(Version::parse("v1.2.3")) == "`v1.2.3` is not a version | leave the `v` out: `1.2.3`");
  CHECK(refusal(Version::parse("1.2")) == "`1.2` is not a version | a version has three numbers: `1.2.0`");
  CHECK(refusal(Version::parse("1")) == "`1` is not a version | a version has three numbers: `1.0.0`");
  CHECK(refusal(Version::parse("1.2.3+build")) == "`1.2.3+build` is not a version | build metadata is not used here: leave `+build` out");
  CHECK(refusal(Version::parse("01.2.03-rc.1")) == "`01.2.03-rc.1` is not a version | a number does not start with 0: `1.2.3-rc.1`");
  CHECK(refusal(Version::parse("1.2.3-rc.01")) == "`1.2.3-rc.01` is not a version | a number does not start with 0: `1` instead of `01`");
  CHECK(refusal(Version::parse("18446744073709551616.0.0")) ==
        "`18446744073709551616.0.0` is not a version | a number is at most 18446744073709551615");
  CHECK(refusal(Version::parse("latest")) == "`latest` is not a version | a version looks like `1.2.3` or `1.2.3-rc.1` (semver.org)");
  CHECK(refusal(Version::parse("1.2.3-")) ==
        "`1.2.3-` is not a version | what follows `-` is words of `a-z`, `A-Z`, `0-9` and `-`, separated by single dots");
  for (const std::string_view text : {"", " 1.2.3", "1.2.3 ", "1.2.3.4", "1..3", ".1.2", "1.2.", "-1.2.3", "1.2.3-a..b", "1.2.3-ä", "1.2.3-rc_1", "1,2,3", "1.2.3\n", "v"})
    CHECK_FALSE_MESSAGE(Version::parse(text), text);
}

TEST_CASE("parse_name") {
  for (const std::string_view name : {"a", "churn", "churn-2", "a1", "a2345678901234567890123456789012345678-0"}) CHECK(parse_name(name) == std::string(name));
  for (const std::string_view name : {"", "-a", "a-", "1a", "Churn", "a_b", "a.b", "a b", "ä", "a23456789012345678901234567890123456789-0"})
    CHECK_FALSE_MESSAGE(parse_name(name), name);
  CHECK(refusal(parse_name("My Churn_Model!")) ==
        "`My Churn_Model!` cannot be a model name | a model name is 1 to 40 of `a-z`, `0-9` and `-`, starts with a letter and does not end with `-`; "
        "`my-churn-model` would do");
  CHECK(refusal(parse_stage("2")) ==
        "`2` cannot be a stage name | a stage name is 1 to 40 of `a-z`, `0-9` and `-`, starts with a letter and does not end with `-`");
  CHECK(parse_name("").error().code == ErrorCode::usage);
}

TEST_CASE("VersionedName::parse") {
  const auto with_v = VersionedName::parse("churn@v1.2.3");
  REQUIRE(with_v);
  CHECK(with_v->name == "churn");
  CHECK(with_v->version == version("1.2.3"));
  CHECK(VersionedName::parse("churn@1.2.3-rc.1")->version == version("1.2.3-rc.1"));
  CHECK(refusal(VersionedName::parse("churn")) == "`churn` names no version | write `churn@1.2.3`");
  CHECK(refusal(VersionedName::parse("churn@1.2")) == "`1.2` is not a version | a version has three numbers: `1.2.0`");
  CHECK_FALSE(VersionedName::parse("churn@vv1.2.3"));
  CHECK_FALSE(VersionedName::parse("@1.2.3"));
  CHECK_FALSE(VersionedName::parse("churn@"));
}

TEST_CASE("GTO's tags") {
  CHECK(version_tag("churn", version("1.2.3")) == "churn@v1.2.3");
  CHECK(stage_tag("churn", "production", 12) == "churn#production#12");
  REQUIRE(parse_version_tag("churn@v1.2.3-rc.1"));
  CHECK(parse_version_tag("churn@v1.2.3-rc.1")->version == version("1.2.3-rc.1"));
  REQUIRE(parse_stage_tag("churn#production#12"));
  CHECK(parse_stage_tag("churn#production#12")->name == "churn");
  CHECK(parse_stage_tag("churn#production#12")->stage == "production");
  CHECK(parse_stage_tag("churn#production#12")->number == 12);
  for (const std::string_view tag : {"churn@1.2.3", "churn@v1.2", "churn@v1.2.3!", "v1.2.3", "a/b@v1.2.3", "@v1.2.3", "churn@v1.2.3+b", "churn@vv1.2.3", "Churn@v1.2.3"})
    CHECK_FALSE_MESSAGE(parse_version_tag(tag), tag);
  for (const std::string_view tag : {"churn#production", "churn#production#0", "churn#production#01", "churn#production!#3", "churn#production#-1", "churn##1",
                                     "#production#1", "churn#production#1#2", "churn#production#", "churn#production#99999999999999999999"})
    CHECK_FALSE_MESSAGE(parse_stage_tag(tag), tag);
}
