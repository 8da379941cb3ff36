#include "target/environment.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using namespace mops::target;

namespace {

constexpr const char* k_text = R"(format: environment/v1
name: sample-1
language: sample
description: An example
expires: 2027-10-31
lock_files: [sample.lock]
interpreter: [sample, --version]
create:
  - [make-sample, "{prefix}"]
  - ["{prefix}/bin/install", -r, "{lock}"]
path: ["{prefix}/bin"]
variables: {SAMPLE_HOME: "{prefix}", QUIET: "1"}
network: [SAMPLE_INDEX]
help: set SAMPLE_INDEX
)";

Result<Environment> read(std::string text) {
  const document::Document document = document::parse_yaml({.path = "sample.yaml", .text = std::move(text)});
  return read_environment(document);
}

std::string without(std::string_view line) {
  std::string text = k_text;
  return text.erase(text.find(line), line.size());
}

}  // namespace

TEST_CASE("read_environment") {
  SUBCASE("everything") {
    const auto environment = read(k_text);
    REQUIRE_MESSAGE(environment, environment.error().message);
    CHECK(environment->name == "sample-1");
    CHECK(environment->language == "sample");
    CHECK(to_rfc3339(*environment->expires) == "2027-10-31T23:59:59.999Z");
    CHECK(environment->lock_files == std::vector<std::string>{"sample.lock"});
    CHECK(environment->create.size() == 2);
    CHECK(environment->create[1] == std::vector<std::string>{"{prefix}/bin/install", "-r", "{lock}"});
    CHECK(environment->network == std::vector<std::string>{"SAMPLE_INDEX"});
    CHECK(environment->help == "set SAMPLE_INDEX");
  }
  SUBCASE("only a name is needed") {
    const auto environment = read("format: environment/v1\nname: native\n");
    REQUIRE(environment);
    CHECK(environment->create.empty());
    CHECK_FALSE(environment->expires);
  }
  SUBCASE("what is wrong has its place") {
    CHECK(read(without("name: sample-1\n")).error().message == "sample.yaml:1:1: `name` is missing");
    CHECK(read("format: environment/v2\nname: x\n").error().message ==
          "sample.yaml:1:9: found format `environment/v2`, newer than `environment/v1`, the newest that this mops reads");
    CHECK(read("format: environment/v1\nname: x\ncreate: [[]]\n").error().message ==
          "sample.yaml:3:10: found an empty command, expected a program and its arguments");
    CHECK(read("format: environment/v1\nname: x\nexpires: \"soon\"\n").error().message == "sample.yaml:3:10: `soon` is not a date or time");
    CHECK_FALSE(read("[\n"));
    CHECK_FALSE(read(""));
  }
}

TEST_CASE("environment_key depends on everything that is installed from") {
  const auto environment = *read(k_text);
  const Digest lock = sha256("lock");
  const Digest key = environment_key(environment, lock, "Sample 1.2", "x86_64 glibc 2.36");
  CHECK(key == environment_key(environment, lock, "Sample 1.2", "x86_64 glibc 2.36"));
  CHECK(key != environment_key(environment, sha256("other"), "Sample 1.2", "x86_64 glibc 2.36"));
  CHECK(key != environment_key(environment, std::nullopt, "Sample 1.2", "x86_64 glibc 2.36"));
  CHECK(key != environment_key(environment, lock, "Sample 1.3", "x86_64 glibc 2.36"));
  CHECK(key != environment_key(environment, lock, "Sample 1.2", "aarch64 glibc 2.36"));
  Environment changed = environment;
  changed.create[0] = {"make-sample {prefix}"};
  CHECK(key != environment_key(changed, lock, "Sample 1.2", "x86_64 glibc 2.36"));
  changed = environment;
  changed.description = "another";
  CHECK(key == environment_key(changed, lock, "Sample 1.2", "x86_64 glibc 2.36"));
}

TEST_CASE("platform_name") { CHECK(platform_name().find(" glibc 2.") != std::string::npos); }

TEST_CASE("run_variables") {
  Variables base;
  base.set("PATH", "/usr/bin");
  base.set("QUIET", "0");
  const Variables variables = run_variables(*read(k_text), "/environments/e", base);
  CHECK(variables.get("PATH") == "/environments/e/bin:/usr/bin");
  CHECK(variables.get("SAMPLE_HOME") == "/environments/e");
  CHECK(variables.get("QUIET") == "1");
  CHECK(run_variables(Environment{.name = "native"}, "", base).get("PATH") == "/usr/bin");
}
