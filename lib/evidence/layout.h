#pragma once

#include "base/digest.h"

#include <string>
#include <string_view>

namespace mops::evidence {

/// The layout of `evidence/` in a model's folder: `PAYLOAD12/certification-ULID.json` (and `.measurements.json`),
/// `keys/KEYID16.pub`. Paths are relative to the model's folder.
std::string certification_folder(const Digest& payload);
std::string certification_path(const Digest& payload, const std::string& ulid);
std::string public_key_path(const std::string& key_id);

bool is_certification_path(std::string_view path);
bool is_public_key_path(std::string_view path);

}  // namespace mops::evidence
