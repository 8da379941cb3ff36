#include "policy/pickle.h"

#include "policy/pickle_opcodes.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::policy {
namespace {

/// Protocols 2 to 5 (PEP 307, PEP 3154, PEP 574): opcode PROTO, the number, then an opcode that can come first.
std::optional<std::string> find_binary(std::string_view bytes) {
  constexpr std::string_view k_first_opcodes = "\x95\x8a\x8b\x8c\x8d\x8e\x96}])(cKMJXCUGNIFLST\x88\x89\x80\x82\x83\x84";
  if (bytes.size() < 4 || bytes[0] != '\x80' || bytes[1] < 2 || bytes[1] > 5 || k_first_opcodes.find(bytes[2]) == std::string_view::npos) return std::nullopt;
  return fmt::format("a pickle (protocol {})", static_cast<int>(bytes[1]));
}

bool names_pickle(std::string_view path) {
  for (const std::string_view word : {".pkl", ".pickle", ".joblib"})
    if (path.find(word) != std::string_view::npos) return true;
  return false;
}

bool is_compressed(std::string_view bytes) {
  constexpr std::array<std::string_view, 7> k_magic = {"\x1f\x8b", "BZh", "\xfd""7zXZ", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18", "ZF", "\x5d\x00\x00"};
  const bool is_zlib = bytes.size() > 2 && bytes[0] == '\x78' && (static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) * 256 + static_cast<unsigned char>(bytes[1])) % 31 == 0;
  return is_zlib || std::any_of(k_magic.begin(), k_magic.end(), [&](std::string_view magic) { return bytes.starts_with(magic); });
}

}  // namespace

std::optional<std::string> find_pickle(std::string_view path, std::string_view bytes) {
  if (auto binary = find_binary(bytes)) return binary;
  if (are_pickle_opcodes(bytes)) return "a pickle (protocol 0 or 1)";
  if (bytes.starts_with("PK\x03\x04")) {
    // torch.save writes NAME/data.pkl; names stand uncompressed before each member and again at the end.
    if (bytes.find("data.pkl") != std::string_view::npos) return "a PyTorch archive with a pickle";
    if (bytes.find(".pkl") != std::string_view::npos) return "an archive with a pickle";
  }
  if (bytes.starts_with("\x93NUMPY") && bytes.substr(0, 256).find("'|O'") != std::string_view::npos) return "a NumPy array of pickled objects";
  if (names_pickle(path) && is_compressed(bytes)) return "a compressed file with the name of a pickle";
  return std::nullopt;
}

}  // namespace mops::policy
