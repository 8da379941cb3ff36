#include "platform/stage.h"

#include "document/reader.h"
#include "document/value.h"
#include "model/version.h"

#include <charconv>

namespace mops::platform {
namespace {

using document::Field;
using model::Level;

std::vector<std::string> read_trusted_keys(const Field& list) {
  std::vector<std::string> ids;
  for (const Field& id : list.items()) ids.push_back(id.digest().hex());
  return ids;
}

std::map<std::string, std::string> read_configuration(const Field& map) {
  std::map<std::string, std::string> values;
  for (const auto& [key, value] : map.entries()) values.emplace(key, value.scalar());
  return values;
}

Stage read_stage(const Field& field) {
  field.expect_keys({"name", "target", "listen", "level", "trusted_keys", "waivers", "configuration"});
  (void)field.maybe("target").choice<bool>({{"local", true}}, true);
  Stage stage{.name = field.at("name").parsed(model::parse_stage),
              .level = field.maybe("level").choice<Level>({{"prototype", Level::prototype}, {"production", Level::production}}, Level::prototype),
              .trusted_keys = read_trusted_keys(field.maybe("trusted_keys")),
              .waivers = field.maybe("waivers").choice<Waivers>({{"allowed", Waivers::allowed}, {"refused", Waivers::refused}}, Waivers::allowed),
              .configuration = read_configuration(field.maybe("configuration"))};
  if (const Field listen = field.maybe("listen"); listen.present()) stage.listen = listen.parsed(ListenAddress::parse);
  return stage;
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(std::string_view text) {
  ListenAddress address;
  const size_t colon = text.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (colon != std::string_view::npos && colon > 0) address.host = text.substr(0, colon);
  if (address.host == "localhost") address.host = "127.0.0.1";
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || port.empty())
    return fail(ErrorCode::usage, fmt::format("`{}` is not an address to listen on", text), "write HOST:PORT, such as 127.0.0.1:8080");
  return address;
}

std::string ListenAddress::to_string() const { return fmt::format("{}:{}", host, port); }

Digest Stage::configuration_digest() const {
  document::Value value = document::Value::map();
  for (const auto& [key, text] : configuration) value.set(key, text);
  return sha256(to_canonical_json(value));
}

Result<std::vector<Stage>> read_stages(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  if (root.present() && root.node()->kind == document::NodeKind::null)
    root.refuse("the file is empty", "write `format: stages/v1` and a list `stages`");
  root.expect_format("stages", 1);
  root.expect_keys({"format", "stages"});
  std::vector<Stage> stages;
  for (const Field& item : root.maybe("stages").items()) {
    Stage stage = read_stage(item);
    for (const Stage& other : stages) {
      if (other.name == stage.name) item.refuse(fmt::format("stage `{}` is listed twice", stage.name));
      if (other.listen.port == stage.listen.port && stage.listen.port != 0)
        item.refuse(fmt::format("stages `{}` and `{}` listen on the same port {}", other.name, stage.name, stage.listen.port));
    }
    stages.push_back(std::move(stage));
  }
  if (stages.empty()) root.refuse("the file lists no stages", "write `stages:` with at least one `- name: …`");
  return reader.finish(std::move(stages));
}

}  // namespace mops::platform
