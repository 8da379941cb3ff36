#include "target/target.h"

#include "base/text.h"

#include <fmt/format.h>
#include <limits>

namespace mops::target {
namespace {

using document::Node;
using document::NodeKind;

tl::unexpected<Error> bad_record(std::string_view key) {
  return fail(ErrorCode::invalid, fmt::format("the record of an instance has no usable `{}`", key));
}

Result<std::string> text_of(const Node& node, std::string_view key) {
  const Node* child = node.find(key);
  if (child == nullptr || child->kind != NodeKind::string) return bad_record(key);
  return std::string(child->text);
}

Result<uint64_t> number_of(const Node& node, std::string_view key, uint64_t largest) {
  const Node* child = node.find(key);
  if (child == nullptr || child->kind != NodeKind::integer || !child->integer_fits || child->integer < 1) return bad_record(key);
  if (static_cast<uint64_t>(child->integer) > largest) return bad_record(key);
  return static_cast<uint64_t>(child->integer);
}

}  // namespace

document::Value to_value(const Instance& instance) {
  return document::Value::map()
      .set("format", "instance/v1")
      .set("name", instance.name)
      .set("model", instance.model)
      .set("payload", instance.payload.hex())
      .set("pid", static_cast<int64_t>(instance.pid))
      .set("start_time", instance.start_time)
      .set("boot_id", instance.boot_id)
      .set("port", static_cast<int64_t>(instance.port))
      .set("log", instance.log.string());
}

Result<Instance> read_instance(const Node& node) {
  MOPS_ASSIGN(const std::string format, text_of(node, "format"));
  if (format != "instance/v1")
    return fail(ErrorCode::invalid, fmt::format("found format `{}`, expected `instance/v1`", format), "is this mops older than the one that wrote it?");
  Instance instance;
  MOPS_ASSIGN(instance.name, text_of(node, "name"));
  MOPS_ASSIGN(instance.model, text_of(node, "model"));
  MOPS_ASSIGN(const std::string payload, text_of(node, "payload"));
  MOPS_ASSIGN(instance.payload, Digest::parse(payload));
  MOPS_ASSIGN(const uint64_t pid, number_of(node, "pid", std::numeric_limits<pid_t>::max()));
  MOPS_ASSIGN(instance.start_time, number_of(node, "start_time", std::numeric_limits<int64_t>::max()));
  MOPS_ASSIGN(instance.boot_id, text_of(node, "boot_id"));
  MOPS_ASSIGN(const uint64_t port, number_of(node, "port", 65535));
  MOPS_ASSIGN(const std::string log, text_of(node, "log"));
  instance.pid = static_cast<pid_t>(pid);
  instance.port = static_cast<uint16_t>(port);
  instance.log = log;
  return instance;
}

}  // namespace mops::target
