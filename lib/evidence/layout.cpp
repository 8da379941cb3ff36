#include "evidence/layout.h"

#include <fmt/format.h>

namespace mops::evidence {

std::string certification_folder(const Digest& payload) { return fmt::format("evidence/{}/", payload.short_hex()); }

std::string certification_path(const Digest& payload, const std::string& ulid) { return fmt::format("{}certification-{}.json", certification_folder(payload), ulid); }

std::string public_key_path(const std::string& key_id) { return fmt::format("evidence/keys/{}.pub", key_id.substr(0, 16)); }

bool is_certification_path(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return path.starts_with("evidence/") && name.starts_with("certification-") && name.ends_with(".json") && !name.ends_with(".measurements.json");
}

bool is_public_key_path(std::string_view path) { return path.starts_with("evidence/keys/") && path.ends_with(".pub"); }

}  // namespace mops::evidence
