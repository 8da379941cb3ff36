#include "platform/stage.h"

#include "base/text.h"
#include "document/value.h"
#include "model/version.h"

#include <charconv>

namespace mops::platform {
namespace {

using document::Node;
using document::NodeKind;

Error at(const document::Document& document, const Position& place, std::string_view message, std::string help = {}) {
  return {.code = ErrorCode::invalid,
          .message = fmt::format("{}:{}:{}: {}", document.source().path, place.line, place.column, message),
          .help = std::move(help)};
}

Error at(const document::Document& document, const Node& node, std::string_view message, std::string help = {}) {
  return at(document, node.span.begin, message, std::move(help));
}

bool is_collection(const Node& node) { return node.kind == NodeKind::list || node.kind == NodeKind::map; }

const std::vector<std::string> k_stage_keys = {"name", "target", "listen", "level", "trusted_keys", "configuration"};

Result<Stage> read_stage(const document::Document& document, const Node& node) {
  if (node.kind != NodeKind::map) return fail(at(document, node, fmt::format("a stage is a map, this is {}", kind_name(node.kind))));
  Stage stage;
  stage.name.clear();
  for (const document::Entry& entry : node.entries) {
    const std::string_view key = entry.key.text;
    const Node& value = entry.value;
    if (std::find(k_stage_keys.begin(), k_stage_keys.end(), key) == k_stage_keys.end()) {
      if (key.starts_with("x-")) continue;
      const auto near = nearest(key, k_stage_keys);
      return fail(at(document, entry.key, fmt::format("a stage has no key `{}`", key), near ? fmt::format("did you mean `{}`?", *near) : ""));
    }
    if (key == "trusted_keys") {
      if (value.kind != NodeKind::list) return fail(at(document, value, "`trusted_keys` is a list of key ids"));
      for (const Node& id : value.items) {
        const auto digest = Digest::parse(id.text);
        if (!digest) return fail(at(document, id, fmt::format("`{}` is not the id of a key", id.text), "the id of a key has 64 hex digits"));
        stage.trusted_keys.push_back(digest->hex());
      }
    } else if (key == "configuration") {
      if (value.kind != NodeKind::map) return fail(at(document, value, "`configuration` is a map of values"));
      for (const document::Entry& setting : value.entries) {
        if (is_collection(setting.value) || setting.value.kind == NodeKind::null)
          return fail(at(document, setting.value, fmt::format("`{}` is a single value, this is {}", setting.key.text, kind_name(setting.value.kind))));
        stage.configuration.emplace(setting.key.text, setting.value.text);
      }
    } else if (value.kind != NodeKind::string) {
      return fail(at(document, value, fmt::format("`{}` is a string, this is {}", key, kind_name(value.kind)), "put it in quotes"));
    } else if (key == "name") {
      auto name = model::parse_stage(value.text);
      if (!name) return fail(at(document, value, name.error().message, name.error().help));
      stage.name = *name;
    } else if (key == "listen") {
      auto listen = ListenAddress::parse(value.text);
      if (!listen) return fail(at(document, value, listen.error().message, listen.error().help));
      stage.listen = *listen;
    } else if (key == "level") {
      if (value.text != "prototype" && value.text != "production")
        return fail(at(document, value, fmt::format("`{}` is not a level", value.text), "write `prototype` or `production`"));
      stage.level = value.text == "production" ? model::Level::production : model::Level::prototype;
    } else if (key == "target" && value.text != "local") {
      return fail(at(document, value, fmt::format("this mops has no target `{}`", value.text), "write `local`"));
    }
  }
  if (stage.name.empty()) return fail(at(document, node, "a stage needs a `name`"));
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
  for (const Diagnostic& finding : document.findings())
    return fail(at(document, finding.location.span.value_or(Span{}).begin, finding.message, finding.help));
  const Node* root = document.root();
  if (root == nullptr || root->kind == NodeKind::null)
    return fail(ErrorCode::invalid, fmt::format("{} is empty", document.source().path), "write `format: stages/v1` and a list `stages`");
  const Node* format = root->find("format");
  if (format == nullptr || format->text != "stages/v1")
    return fail(at(document, format == nullptr ? *root : *format,
                   format == nullptr ? "the file does not say its format" : fmt::format("format `{}`, this mops reads `stages/v1`", format->text),
                   "write `format: stages/v1`"));
  const Node* list = root->find("stages");
  if (list == nullptr || list->kind != NodeKind::list || list->items.empty())
    return fail(at(document, *root, "the file lists no stages", "write `stages:` with at least one `- name: …`"));
  for (const document::Entry& entry : root->entries)
    if (entry.key.text != "format" && entry.key.text != "stages" && !entry.key.text.starts_with("x-"))
      return fail(at(document, entry.key, fmt::format("the file has no key `{}`", entry.key.text), "it has `format` and `stages`"));
  std::vector<Stage> stages;
  for (const Node& node : list->items) {
    MOPS_ASSIGN(Stage stage, read_stage(document, node));
    for (const Stage& other : stages) {
      if (other.name == stage.name) return fail(at(document, node, fmt::format("stage `{}` is listed twice", stage.name)));
      if (other.listen.port == stage.listen.port && stage.listen.port != 0)
        return fail(at(document, node, fmt::format("stages `{}` and `{}` listen on the same port {}", other.name, stage.name, stage.listen.port)));
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

}  // namespace mops::platform
