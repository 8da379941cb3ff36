#pragma once

#include "base/file_system.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace mops::evidence {

/// ECDSA on P-256 with SHA-256 (DER signatures), or Ed25519: what cosign, securesystemslib and `openssl` read as well.
enum class KeyType { ecdsa_p256, ed25519 };

/// A key of the library behind the wall (openssl_key.cpp).
struct KeyHandle;

/// Immutable; copies share. Safe from any thread.
class PublicKey {
 public:
  /// A `PUBLIC KEY` PEM (SPKI) of one of the two types. Error: invalid.
  static Result<PublicKey> from_pem(std::string_view pem);

  [[nodiscard]] KeyType type() const;
  [[nodiscard]] std::string pem() const;
  /// Hex sha256 of the SPKI in DER.
  [[nodiscard]] std::string id() const;
  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit PublicKey(std::shared_ptr<const KeyHandle> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<const KeyHandle> handle_;
};

/// A private key. Immutable; copies share. Safe from any thread.
class SigningKey {
 public:
  static Result<SigningKey> generate(KeyType type = KeyType::ecdsa_p256);
  /// A `PRIVATE KEY` (PKCS#8) or `EC PRIVATE KEY` PEM. A passphrase is never asked for: encrypted keys are refused. Error: invalid.
  static Result<SigningKey> from_pem(std::string_view pem);

  /// PKCS#8.
  [[nodiscard]] std::string pem() const;
  [[nodiscard]] PublicKey public_key() const { return PublicKey(handle_); }
  [[nodiscard]] Result<std::string> sign(std::string_view message) const;

 private:
  explicit SigningKey(std::shared_ptr<const KeyHandle> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<const KeyHandle> handle_;
};

/// Errors name `path`.
Result<SigningKey> load_signing_key(FileSystem& files, const Path& path);
Result<PublicKey> load_public_key(FileSystem& files, const Path& path);

/// The key of `path`; when there is none, a new one is made there (0600, in a folder that is made too), and its public half
/// beside it as `path` + `.pub`. Running again completes what was cut short.
Result<SigningKey> load_or_create_signing_key(FileSystem& files, const Path& path, KeyType type = KeyType::ecdsa_p256);

}  // namespace mops::evidence
