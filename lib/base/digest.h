#pragma once

#include "base/result.h"

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mops {

/// A sha256. Prints as 64 lower-case hex digits; `sha256:` is added only where a format wants it.
class Digest {
 public:
  Digest() = default;
  explicit Digest(std::array<uint8_t, 32> bytes) : bytes_(bytes) {}

  /// Takes 64 hex digits, with or without `sha256:` in front. Error: invalid.
  static Result<Digest> parse(std::string_view text);

  [[nodiscard]] std::string hex() const;
  /// The first 12 hex digits: enough for people and process names, never for comparing.
  [[nodiscard]] std::string short_hex() const { return hex().substr(0, 12); }
  [[nodiscard]] const std::array<uint8_t, 32>& bytes() const { return bytes_; }

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  std::array<uint8_t, 32> bytes_{};
};

/// sha256 of a stream of pieces. `finish` may be called once.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

/// HMAC-SHA256 (RFC 2104).
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view message);

}  // namespace mops
