#include "evidence/key.h"

#include "base/process.h"
#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace mops;
using namespace mops::evidence;

namespace {

struct Shell {
  fakes::TemporaryFolder folder;
  RealFileSystem files;

  ProcessResult run(std::string script) {
    auto result = run_process({.arguments = {"/bin/sh", "-c", std::move(script)}, .folder = folder.path(), .variables = Variables::of_this_process()});
    REQUIRE(result);
    return *result;
  }
  std::string output(std::string script) {
    const ProcessResult result = run(std::move(script));
    REQUIRE_MESSAGE(result.exit_code == 0, result.errors);
    return result.output;
  }
  void write(const std::string& name, std::string_view content) { REQUIRE(files.write(folder.path() / name, content)); }
  std::string read(const std::string& name) { return *files.read(folder.path() / name); }
};

constexpr KeyType k_types[] = {KeyType::ecdsa_p256, KeyType::ed25519};
// Ed25519 has no prehash: the one command that verifies both takes the message as it is.
constexpr auto k_openssl_verify = "openssl pkeyutl -verify -rawin -pubin -inkey public.pem -in message -sigfile signature";
constexpr auto k_openssl_sign = "openssl pkeyutl -sign -rawin -inkey private.pem -in message -out signature";

const std::string k_message("with \0 zero and \xff bytes\n", 25);

}  // namespace

TEST_CASE("SigningKey: openssl verifies what it signs, and computes the same id") {
  for (const KeyType type : k_types) {
    Shell shell;
    const auto key = SigningKey::generate(type);
    REQUIRE(key);
    CHECK(key->public_key().type() == type);
    const auto signature = key->sign(k_message);
    REQUIRE(signature);
    shell.write("public.pem", key->public_key().pem());
    shell.write("private.pem", key->pem());
    shell.write("message", k_message);
    shell.write("signature", *signature);
    CHECK(shell.run(k_openssl_verify).exit_code == 0);
    if (type == KeyType::ecdsa_p256)
      CHECK(shell.output("openssl dgst -sha256 -verify public.pem -signature signature message") == "Verified OK\n");
    shell.write("message", k_message + "x");
    CHECK(shell.run(k_openssl_verify).exit_code != 0);
    CHECK(shell.output("openssl pkey -in private.pem -pubout") == key->public_key().pem());
    CHECK(shell.output("openssl pkey -pubin -in public.pem -outform DER | sha256sum").substr(0, 64) == key->public_key().id());
    CHECK(key->pem().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  }
}

TEST_CASE("keys and signatures of openssl are read") {
  for (const KeyType type : k_types) {
    Shell shell;
    shell.output(type == KeyType::ecdsa_p256 ? "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.pem" : "openssl genpkey -algorithm ED25519 -out private.pem");
    shell.write("message", k_message);
    shell.output("openssl pkey -in private.pem -pubout -out public.pem");
    shell.output(k_openssl_sign);
    const auto key = SigningKey::from_pem(shell.read("private.pem"));
    REQUIRE_MESSAGE(key, key.error().message);
    const auto public_key = PublicKey::from_pem(shell.read("public.pem"));
    REQUIRE_MESSAGE(public_key, public_key.error().message);
    CHECK(public_key->id() == key->public_key().id());
    CHECK(key->pem() == shell.read("private.pem"));
    const std::string signature = shell.read("signature");
    CHECK(public_key->verifies(k_message, signature));
    CHECK_FALSE(public_key->verifies(k_message + "x", signature));
    CHECK_FALSE(public_key->verifies(k_message, signature.substr(1)));
    CHECK_FALSE(public_key->verifies(k_message, signature + "x"));
    CHECK_FALSE(public_key->verifies(k_message, ""));
    CHECK_FALSE(SigningKey::generate(type)->public_key().verifies(k_message, signature));
  }
}

TEST_CASE("SigningKey::from_pem: refused with what to do") {
  Shell shell;
  const auto refusal = [&](std::string script) {
    const auto key = SigningKey::from_pem(shell.output(std::move(script)));
    REQUIRE_FALSE(key);
    CHECK(key.error().code == ErrorCode::invalid);
    return key.error().message;
  };
  CHECK(refusal("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384") == "found a key on the curve `secp384r1`, expected ECDSA P-256 or Ed25519");
  CHECK(refusal("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1") == "found a key on the curve `secp256k1`, expected ECDSA P-256 or Ed25519");
  CHECK(refusal("openssl genpkey -quiet -algorithm RSA 2>/dev/null || openssl genrsa 2048 2>/dev/null") == "found a key of type `RSA`, expected ECDSA P-256 or Ed25519");
  CHECK(refusal("openssl genpkey -algorithm X25519") == "found a key of type `X25519`, expected ECDSA P-256 or Ed25519");
  CHECK(refusal("openssl genpkey -algorithm ED25519 -aes256 -pass pass:secret") == "the private key is encrypted with a passphrase");
  CHECK(refusal("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl ec -aes256 -passout pass:secret 2>/dev/null") ==
        "the private key is encrypted with a passphrase");
  CHECK(refusal("openssl genpkey -algorithm ED25519 | openssl pkey -pubout").starts_with("not a private key in PEM ("));
  CHECK(refusal("true").starts_with("not a private key in PEM ("));
  CHECK(refusal("openssl genpkey -algorithm ED25519 | head -2").starts_with("not a private key in PEM ("));
}

TEST_CASE("SigningKey::from_pem: the traditional form of EC keys") {
  Shell shell;
  const auto key = SigningKey::from_pem(shell.output("openssl ecparam -name prime256v1 -genkey -noout"));
  REQUIRE_MESSAGE(key, key.error().message);
  CHECK(key->public_key().type() == KeyType::ecdsa_p256);
}

TEST_CASE("PublicKey::from_pem: a private key is not taken for a public one") {
  const auto key = PublicKey::from_pem(SigningKey::generate()->pem());
  REQUIRE_FALSE(key);
  CHECK(key.error().message == "found a private key, expected a public one");
  CHECK(PublicKey::from_pem("").error().message.starts_with("not a public key in PEM ("));
  CHECK_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST_CASE("load_or_create_signing_key") {
  Shell shell;
  const Path path = shell.folder.path() / "keys" / "signing.pem";
  const auto made = load_or_create_signing_key(shell.files, path);
  REQUIRE_MESSAGE(made, made.error().message);
  struct stat st {};
  REQUIRE(::stat(path.c_str(), &st) == 0);
  CHECK((st.st_mode & 07777) == 0600);
  SUBCASE("the same one the next time") {
    const auto again = load_or_create_signing_key(shell.files, path, KeyType::ed25519);
    REQUIRE(again);
    CHECK(again->public_key().id() == made->public_key().id());
  }
  SUBCASE("its public half is beside it, and comes back") {
    const Path public_path = path.string() + ".pub";
    CHECK(load_public_key(shell.files, public_path)->id() == made->public_key().id());
    REQUIRE(shell.files.remove(public_path));
    REQUIRE(load_or_create_signing_key(shell.files, path));
    CHECK(load_public_key(shell.files, public_path)->id() == made->public_key().id());
  }
  SUBCASE("a damaged one is never replaced") {
    REQUIRE(shell.files.write(path, "no key", 0600));
    const auto again = load_or_create_signing_key(shell.files, path);
    REQUIRE_FALSE(again);
    CHECK(again.error().message == "cannot read the key `" + path.string() + "`");
    CHECK(*shell.files.read(path) == "no key");
  }
}
