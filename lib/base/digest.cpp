#include "base/digest.h"

#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

// The low-level SHA256_* calls are deprecated in OpenSSL 3, but EVP loads providers and configuration on first use,
// which costs a millisecond in a process that lives for three.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace mops {

Result<Digest> Digest::parse(std::string_view text) {
  std::string_view hex = text;
  if (hex.starts_with("sha256:")) hex.remove_prefix(7);
  std::array<uint8_t, 32> bytes{};
  if (hex.size() == 64 && from_hex(hex, bytes)) return Digest(bytes);
  return fail(ErrorCode::invalid, fmt::format("`{}` is not a sha256 digest", text), "a digest is 64 hexadecimal digits");
}

std::string Digest::hex() const { return to_hex(bytes_); }

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { SHA256_Init(&state_->context); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { SHA256_Update(&state_->context, bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  std::array<uint8_t, 32> bytes{};
  SHA256_Final(bytes.data(), &state_->context);
  return Digest(bytes);
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
  constexpr size_t k_block = 64;
  std::array<char, k_block> padded{};
  if (key.size() > k_block) {
    const Digest digest = sha256(key);
    std::memcpy(padded.data(), digest.bytes().data(), digest.bytes().size());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }
  const auto masked = [&](char mask) {
    std::array<char, k_block> block{};
    std::transform(padded.begin(), padded.end(), block.begin(), [&](char c) { return static_cast<char>(c ^ mask); });
    return block;
  };
  Sha256 inner;
  const auto inner_key = masked(0x36);
  inner.update({inner_key.data(), k_block});
  inner.update(message);
  const Digest inner_digest = inner.finish();
  Sha256 outer;
  const auto outer_key = masked(0x5c);
  outer.update({outer_key.data(), k_block});
  outer.update({reinterpret_cast<const char*>(inner_digest.bytes().data()), inner_digest.bytes().size()});
  return outer.finish();
}

}  // namespace mops
