#include "document/document.h"
#include "target/target.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::target;

namespace {

Result<Instance> read(std::string text) {
  const document::Document document = document::parse_json({.path = "record", .text = std::move(text)});
  REQUIRE(document.root() != nullptr);
  return read_instance(*document.root());
}

}  // namespace

TEST_CASE("an instance is recorded and read again") {
  const Instance instance{.name = "line@1.0.0", .model = "line", .payload = sha256("p"), .pid = 4711, .start_time = 123456789, .boot_id = "b", .port = 40123, .log = "/l"};
  const std::string text = document::to_json(to_value(instance));
  CHECK(text == R"({"format":"instance/v1","name":"line@1.0.0","model":"line","payload":")" + sha256("p").hex() +
                    R"(","pid":4711,"start_time":123456789,"boot_id":"b","port":40123,"log":"/l"})");
  CHECK(read(text) == instance);
  SUBCASE("what is not usable is named") {
    CHECK(read("{}").error().message == "the record of an instance has no usable `format`");
    CHECK(read(R"({"format":"instance/v2"})").error().message == "found format `instance/v2`, expected `instance/v1`");
    const auto changed = [&](std::string from, const std::string& to) {
      std::string copy = text;
      return read(copy.replace(copy.find(from), from.size(), to)).error().message;
    };
    CHECK(changed("4711", "-1") == "the record of an instance has no usable `pid`");
    CHECK(changed("4711", "\"1\"") == "the record of an instance has no usable `pid`");
    CHECK(changed("40123", "70000") == "the record of an instance has no usable `port`");
  }
}
