#include "base/digest.h"
#include "evidence/key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace mops::evidence {

template <auto free_function>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using BioPointer = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

struct KeyHandle {
  KeyPointer key;
  KeyType type = KeyType::ecdsa_p256;
};

namespace {

/// The newest entry of the library's error queue, which is emptied.
std::string last_problem() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

tl::unexpected<Error> not_usable(std::string message, std::string help = {}) {
  return fail(ErrorCode::invalid, std::move(message), std::move(help));
}

Result<std::shared_ptr<const KeyHandle>> to_handle(KeyPointer key) {
  const int id = EVP_PKEY_get_base_id(key.get());
  if (id == EVP_PKEY_ED25519) return std::make_shared<const KeyHandle>(KeyHandle{.key = std::move(key), .type = KeyType::ed25519});
  std::array<char, 64> curve{};
  if (id == EVP_PKEY_EC && EVP_PKEY_get_group_name(key.get(), curve.data(), curve.size(), nullptr) == 1) {
    if (std::string_view(curve.data()) == "prime256v1")
      return std::make_shared<const KeyHandle>(KeyHandle{.key = std::move(key), .type = KeyType::ecdsa_p256});
    return not_usable(fmt::format("found a key on the curve `{}`, expected ECDSA P-256 or Ed25519", curve.data()));
  }
  const char* name = EVP_PKEY_get0_type_name(key.get());
  return not_usable(fmt::format("found a key of type `{}`, expected ECDSA P-256 or Ed25519", name == nullptr ? "?" : name));
}

// Without a callback the library would ask for a passphrase on the terminal.
int refuse_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

BioPointer reader_of(std::string_view pem) { return BioPointer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

std::string content_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

std::string spki_der(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  std::string der(reinterpret_cast<char*>(bytes), size < 0 ? 0 : static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// Ed25519 hashes by itself.
const EVP_MD* hash_of(const KeyHandle& handle) { return handle.type == KeyType::ed25519 ? nullptr : EVP_sha256(); }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return not_usable("found a private key, expected a public one", "take its `.pub` file, and keep the private one to yourself");
  ERR_clear_error();
  KeyPointer key(PEM_read_bio_PUBKEY(reader_of(pem).get(), nullptr, nullptr, nullptr));
  if (!key) return not_usable(fmt::format("not a public key in PEM ({})", last_problem()), "it starts with `-----BEGIN PUBLIC KEY-----`");
  MOPS_ASSIGN(auto handle, to_handle(std::move(key)));
  return PublicKey(std::move(handle));
}

KeyType PublicKey::type() const { return handle_->type; }

std::string PublicKey::pem() const {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), handle_->key.get());
  return content_of(bio.get());
}

std::string PublicKey::id() const { return sha256(spki_der(handle_->key.get())).hex(); }

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  const bool verified = EVP_DigestVerifyInit(context.get(), nullptr, hash_of(*handle_), nullptr, handle_->key.get()) == 1 &&
                        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return verified;
}

Result<SigningKey> SigningKey::generate(KeyType type) {
  ERR_clear_error();
  KeyPointer key(type == KeyType::ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return fail(ErrorCode::outside, fmt::format("cannot make a key: {}", last_problem()));
  return SigningKey(std::make_shared<const KeyHandle>(KeyHandle{.key = std::move(key), .type = type}));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  ERR_clear_error();
  bool asked_for_passphrase = false;
  KeyPointer key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, refuse_passphrase, &asked_for_passphrase));
  if (asked_for_passphrase)
    return not_usable("the private key is encrypted with a passphrase", "write it without one, readable by you alone: `openssl pkey -in KEY -out KEY.plain`");
  if (!key) return not_usable(fmt::format("not a private key in PEM ({})", last_problem()), "it starts with `-----BEGIN PRIVATE KEY-----`");
  MOPS_ASSIGN(auto handle, to_handle(std::move(key)));
  return SigningKey(std::move(handle));
}

std::string SigningKey::pem() const {
  const BioPointer bio(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return content_of(bio.get());
}

Result<std::string> SigningKey::sign(std::string_view message) const {
  ERR_clear_error();
  const DigestContext context(EVP_MD_CTX_new());
  size_t size = 0;
  std::string signature;
  bool signed_it = EVP_DigestSignInit(context.get(), nullptr, hash_of(*handle_), nullptr, handle_->key.get()) == 1 &&
                   EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1;
  if (signed_it) {
    signature.resize(size);
    signed_it = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(message), message.size()) == 1;
    signature.resize(size);
  }
  if (!signed_it) return fail(ErrorCode::outside, fmt::format("cannot sign: {}", last_problem()));
  return signature;
}

}  // namespace mops::evidence
