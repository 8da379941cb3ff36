#include "evidence/release.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::evidence;

namespace {

Release release() {
  return {.model = "churn",
          .version = *model::Version::parse("1.2.3-rc.1"),
          .commit = std::string(40, 'c'),
          .payload = *Digest::parse(std::string(64, 'a')),
          .certificate = *Digest::parse(std::string(64, 'b')),
          .notes = *Digest::parse(std::string(64, 'd')),
          .released = *parse_time("2026-11-23T22:20:05.123Z")};
}

/// What read_release says about the statement with `from` replaced by `to`.
std::string refusal(std::string_view from, std::string_view to) {
  const std::string json = to_json(to_statement(release()));
  REQUIRE(json.find(from) != std::string::npos);
  const auto statement = parse_statement(replace_all(json, from, to));
  REQUIRE(statement);
  const auto read = read_release(*statement);
  REQUIRE_FALSE(read);
  const std::string& message = read.error().message;
  return message.starts_with("predicate:1:") ? message.substr(message.find(": ") + 2) : message;
}

}  // namespace

TEST_CASE("Release: the specimen of release/v1") {
  const std::string a(64, 'a');
  CHECK(to_json(to_statement(release())) ==
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"payload","digest":{"sha256":")" + a +
            R"("}}],"predicateType":"https://in-toto.io/attestation/release/v0.1","predicate":{"purl":"pkg:generic/churn@1.2.3-rc.1",)"
            R"("mops_release":{"format":"release/v1","model":"churn","version":"1.2.3-rc.1","commit":")" +
            std::string(40, 'c') + R"(","payload":")" + a + R"(","certificate":")" + std::string(64, 'b') + R"(","notes":")" + std::string(64, 'd') +
            R"(","released":"2026-11-23T22:20:05.123Z"}}})");
}

TEST_CASE("Release: there and back") {
  const auto read = read_release(*parse_statement(to_json(to_statement(release()))));
  REQUIRE_MESSAGE(read, read.error().message);
  CHECK(read->model == "churn");
  CHECK(read->version.to_string() == "1.2.3-rc.1");
  CHECK(read->commit == std::string(40, 'c'));
  CHECK(read->payload == release().payload);
  CHECK(read->certificate == release().certificate);
  CHECK(read->notes == release().notes);
  CHECK(read->released == release().released);
}

TEST_CASE("read_release: refused") {
  CHECK(refusal("release/v1", "release/v2") == "found format `release/v2`, newer than `release/v1`, the newest that this mops reads");
  CHECK(refusal("release/v0.1", "other/v1") ==
        "found a statement of type `https://in-toto.io/attestation/other/v1`, expected `https://in-toto.io/attestation/release/v0.1`");
  CHECK(refusal("pkg:generic/churn@", "pkg:generic/other@") == "found purl `pkg:generic/other@1.2.3-rc.1`, expected `pkg:generic/churn@1.2.3-rc.1`");
  CHECK(refusal(R"("name":"payload")", R"("name":"else")") == "found payload " + std::string(64, 'a') + ", which is not the subject of the statement");
  CHECK(refusal(R"("payload":"aaaa)", R"("payload":"aaab)").ends_with("which is not the subject of the statement"));
  CHECK(refusal(std::string(40, 'c'), "HEAD") == "found `HEAD`, expected the hash of a commit");
  CHECK(refusal("2026-11-23T22:20:05.123Z", "yesterday") != "");
  CHECK(refusal("mops_release", "other_release") == "`mops_release` is missing");
  CHECK(refusal(R"("version":"1.2.3-rc.1")", R"("version":1)") == "found an integer in `version`, expected a string");
}
