#include "load/message.h"

#include "net/address.h"
#include "net/http1.h"

#include <algorithm>

namespace mops::load {
namespace {

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char byte) { return (byte >= 0x20 && byte != 0x7F) || byte == '\t'; });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](unsigned char byte) { return byte > 0x20 && byte < 0x7F; });
}

tl::unexpected<Error> unusable(std::string message) { return fail(ErrorCode::usage, std::move(message)); }

Result<void> check(const LoadPlan& plan) {
  if (!net::is_token(plan.method)) return unusable(fmt::format("found method `{}`, expected a word", plan.method));
  if (plan.method == "CONNECT") return unusable("method `CONNECT` opens a tunnel, and has no answer to measure");
  if (!is_target(plan.path)) return unusable(fmt::format("found path `{}`, expected one that begins with `/`, percent-encoded", plan.path));
  for (const auto& [name, value] : plan.headers) {
    if (!net::is_token(name) || !is_field_value(value)) return unusable(fmt::format("header `{}` cannot be sent", name));
    if (net::equals_ignoring_case(name, "content-length") || net::equals_ignoring_case(name, "transfer-encoding"))
      return unusable(fmt::format("header `{}` is written by the generator", name));
  }
  return {};
}

std::string message_of(const LoadPlan& plan, const std::string* body) {
  const auto has = [&](std::string_view name) {
    return std::any_of(plan.headers.begin(), plan.headers.end(), [&](const auto& header) { return net::equals_ignoring_case(header.first, name); });
  };
  std::string message = fmt::format("{} {} HTTP/1.1\r\n", plan.method, plan.path);
  if (!has("host")) message += fmt::format("Host: {}\r\n", net::Address::tcp(plan.host, plan.port).text());
  if (body != nullptr && !has("content-type")) message += "Content-Type: application/json\r\n";
  for (const auto& [name, value] : plan.headers) message += fmt::format("{}: {}\r\n", name, value);
  if (body != nullptr) message += fmt::format("Content-Length: {}\r\n", body->size());
  message += "\r\n";
  if (body != nullptr) message += *body;
  return message;
}

}  // namespace

Result<std::vector<std::string>> messages_of(const LoadPlan& plan) {
  MOPS_TRY(check(plan));
  std::vector<std::string> messages;
  messages.reserve(std::max<size_t>(plan.bodies.size(), 1));
  for (const std::string& body : plan.bodies) messages.push_back(message_of(plan, &body));
  if (messages.empty()) messages.push_back(message_of(plan, nullptr));
  return messages;
}

}  // namespace mops::load
