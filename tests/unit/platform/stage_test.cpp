#include "platform/stage.h"

#include "base/text.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;

namespace {

Result<std::vector<Stage>> read(std::string text) { return read_stages(document::parse_yaml({.path = "stages.yaml", .text = std::move(text)})); }

std::string refusal(std::string text) {
  const auto stages = read(std::move(text));
  REQUIRE_FALSE(stages);
  CHECK(stages.error().code == ErrorCode::invalid);
  return stages.error().message + (stages.error().help.empty() ? "" : "; help: " + stages.error().help);
}

/// The refusal of a file with these lines in its only stage.
std::string stage_refusal(std::string_view lines) { return refusal(fmt::format("format: stages/v1\nstages:\n  - name: dev\n    {}\n", lines)); }

std::string address(std::string_view text) {
  const auto parsed = ListenAddress::parse(text);
  return parsed ? parsed->to_string() : parsed.error().message;
}

}  // namespace

TEST_CASE("stages: all that can be said") {
  const auto stages = read("format: stages/v1\nx-note: ours\nstages:\n"
                           "  - name: dev\n"
                           "  - name: production\n    target: local\n    listen: 0.0.0.0:80\n    level: production\n"
                           "    trusted_keys: [" + std::string(64, 'A') + ", \"" + std::string(64, '0') + "\"]\n"
                           "    waivers: refused\n    configuration: {threshold: 0.50, name: b, strict: true, count: 3}\n    x-owner: {team: us}\n");
  REQUIRE_MESSAGE(stages, stages.error().message);
  REQUIRE(stages->size() == 2);
  const Stage& dev = (*stages)[0];
  CHECK(dev.name == "dev");
  CHECK(dev.listen.to_string() == "127.0.0.1:8080");
  CHECK(dev.level == model::Level::prototype);
  CHECK(dev.trusted_keys.empty());
  CHECK(dev.waivers == Waivers::allowed);
  CHECK(dev.configuration.empty());
  const Stage& production = (*stages)[1];
  CHECK(production.name == "production");
  CHECK(production.listen.to_string() == "0.0.0.0:80");
  CHECK(production.level == model::Level::production);
  CHECK(production.waivers == Waivers::refused);
  CHECK(production.trusted_keys == std::vector<std::string>{std::string(64, 'a'), std::string(64, '0')});
  CHECK(production.configuration == std::map<std::string, std::string>{{"count", "3"}, {"name", "b"}, {"strict", "true"}, {"threshold", "0.50"}});
}

TEST_CASE("stages: what is wrong, and where") {
  CHECK(refusal("") == "stages.yaml:1:1: the file is empty; help: write `format: stages/v1` and a list `stages`");
  CHECK(refusal("- dev\n") == "stages.yaml:1:1: found a list, expected a map");
  CHECK(refusal("stages: []\n") == "stages.yaml:1:1: `format` is missing; help: write `format: stages/v1`");
  CHECK(refusal("format: stages/v2\n") == "stages.yaml:1:9: found format `stages/v2`, newer than `stages/v1`, the newest that this mops reads; help: install a newer mops");
  CHECK(refusal("format: stage/v1\n") == "stages.yaml:1:9: found format `stage/v1`, expected `stages/v1`");
  CHECK(refusal("format: stages/v1\n") == "stages.yaml:1:1: the file lists no stages; help: write `stages:` with at least one `- name: …`");
  CHECK(refusal("format: stages/v1\nstages: []\n") == "stages.yaml:1:1: the file lists no stages; help: write `stages:` with at least one `- name: …`");
  CHECK(refusal("format: stages/v1\nstages: dev\n") == "stages.yaml:2:9: found a string in `stages`, expected a list");
  CHECK(refusal("format: stages/v1\nstages:\n  - name: dev\nlevel: production\n") == "stages.yaml:4:1: unknown key `level`; help: known are `format` and `stages`");
  CHECK(refusal("format: stages/v1\nstages: [dev]\n") == "stages.yaml:2:10: found a string in `stages`, expected a map");
  CHECK(refusal("format: stages/v1\nstages:\n  - name: dev\n  - listen: \":0\"\n") == "stages.yaml:4:5: item 2 of `stages` has no `name`");
  CHECK(stage_refusal("lisen: \":80\"") == "stages.yaml:4:5: unknown key `lisen` in `stages`; help: did you mean `listen`?");
  CHECK(stage_refusal("colour: red") ==
        "stages.yaml:4:5: unknown key `colour` in `stages`; help: known are `name`, `target`, `listen`, `level`, `trusted_keys`, `waivers` and `configuration`");
  CHECK(stage_refusal("listen: 8080") == "stages.yaml:4:13: found an integer in `listen`, expected a string; help: put it in quotes: `\"8080\"`");
  CHECK(stage_refusal("listen: \":99999\"") == "stages.yaml:4:13: `:99999` is not an address to listen on; help: write HOST:PORT, such as 127.0.0.1:8080");
  CHECK(stage_refusal("level: high") == "stages.yaml:4:12: found `high` in `level`, expected `prototype` or `production`");
  CHECK(stage_refusal("waivers: none") == "stages.yaml:4:14: found `none` in `waivers`, expected `allowed` or `refused`");
  CHECK(stage_refusal("target: moon") == "stages.yaml:4:13: found `moon` in `target`, expected `local`");
  CHECK(stage_refusal("trusted_keys: abc") == "stages.yaml:4:19: found a string in `trusted_keys`, expected a list");
  CHECK(stage_refusal("trusted_keys: [abc]") == "stages.yaml:4:20: found `abc` in `trusted_keys`, expected a sha256 digest; help: a digest is 64 hexadecimal digits");
  CHECK(stage_refusal("configuration: [1]") == "stages.yaml:4:20: found a list in `configuration`, expected a map");
  CHECK(stage_refusal("configuration: {a: [1]}") == "stages.yaml:4:24: found a list in `a`, expected a single value");
  CHECK(stage_refusal("configuration: {a: }") == "stages.yaml:4:24: found null in `a`, expected a single value");
  CHECK(stage_refusal("level: prototype\n    level: production").starts_with("stages.yaml:5:5: "));
  CHECK(refusal("format: stages/v1\nstages: [\n").starts_with("stages.yaml:"));
  CHECK(refusal("format: stages/v1\nstages:\n  - {name: dev, listen: \":0\"}\n  - {name: dev, listen: \":0\"}\n") == "stages.yaml:4:5: stage `dev` is listed twice");
  CHECK(refusal("format: stages/v1\nstages:\n  - {name: dev}\n  - {name: production}\n") ==
        "stages.yaml:4:5: stages `dev` and `production` listen on the same port 8080");
  CHECK(refusal("format: stages/v1\nstages:\n  - {name: Dev}\n").starts_with("stages.yaml:3:12: `Dev` cannot be a stage"));
}

TEST_CASE("addresses to listen on") {
  CHECK(address("127.0.0.1:8080") == "127.0.0.1:8080");
  CHECK(address(":0") == "127.0.0.1:0");
  CHECK(address("9000") == "127.0.0.1:9000");
  CHECK(address("localhost:1") == "127.0.0.1:1");
  CHECK(address("0.0.0.0:65535") == "0.0.0.0:65535");
  for (const char* bad : {"", ":", "x", "127.0.0.1:", "127.0.0.1:65536", ":-1", ":80x", ": 80", ":+80"})
    CHECK(address(bad) == fmt::format("`{}` is not an address to listen on", bad));
}

TEST_CASE("the digest of a stage's configuration") {
  Stage stage;
  CHECK(stage.configuration_digest() == sha256("{}"));
  stage.configuration = {{"b", "2"}, {"a", "1"}};
  CHECK(stage.configuration_digest() == sha256(R"({"a":"1","b":"2"})"));
}
