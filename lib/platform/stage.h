#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "document/document.h"
#include "model/manifest.h"

#include <map>
#include <string>
#include <vector>

namespace mops::platform {

/// Where a stage listens: an IPv4 address and a port; port 0 takes a free one.
struct ListenAddress {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;
  static Result<ListenAddress> parse(std::string_view text);  ///< `HOST:PORT`, `:PORT` or `PORT`
  [[nodiscard]] std::string to_string() const;
};

/// Whether a version may come to a stage while its manifest waives rules of the policy.
enum class Waivers { allowed, refused };

/// What the platform demands of a version before it may serve here. Belongs to the platform, never to a model repository.
struct Stage {
  std::string name = "dev";
  ListenAddress listen = {};
  model::Level level = model::Level::prototype;
  std::vector<std::string> trusted_keys = {};          ///< key ids; empty: any key whose signature is right
  Waivers waivers = Waivers::allowed;
  std::map<std::string, std::string> configuration = {};

  /// sha256 of the canonical JSON of `configuration`: what the journal keeps of the values.
  [[nodiscard]] Digest configuration_digest() const;
};

/// `stages.yaml` (`format: stages/v1`). Error: invalid, with `path:line:col`.
Result<std::vector<Stage>> read_stages(const document::Document& document);

}  // namespace mops::platform
