#include "evidence/dsse.h"

#include "base/process.h"
#include "base/real_file_system.h"
#include "base/text.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::evidence;

namespace {

Statement small_statement() {
  return {.subjects = {{.name = "payload", .sha256 = sha256("p")}}, .predicate_type = "https://example.com/t/v1", .predicate = document::Value::map().set("a", 1)};
}

SigningKey key_of(KeyType type) { return *SigningKey::generate(type); }

std::string refusal(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().message;
}

}  // namespace

TEST_CASE("pre_authentication_encoding: the examples of DSSE's protocol.md") {
  CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") == "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
  CHECK(pre_authentication_encoding("t", std::string_view("a\0b", 3)) == std::string_view("DSSEv1 1 t 3 a\0b", 16));
}

TEST_CASE("sign_statement: openssl verifies the signature over the encoding") {
  for (const KeyType type : {KeyType::ecdsa_p256, KeyType::ed25519}) {
    const fakes::TemporaryFolder folder;
    RealFileSystem files;
    const SigningKey key = key_of(type);
    const auto text = sign_statement(small_statement(), key);
    REQUIRE(text);
    const auto envelope = parse_envelope(*text);
    REQUIRE_MESSAGE(envelope, envelope.error().message);
    CHECK(envelope->payload_type == "application/vnd.in-toto+json");
    CHECK(envelope->payload == to_json(small_statement()));
    REQUIRE(envelope->signatures.size() == 1);
    CHECK(envelope->signatures[0].key_id == key.public_key().id());
    REQUIRE(files.write(folder.path() / "public.pem", key.public_key().pem()));
    REQUIRE(files.write(folder.path() / "signature", envelope->signatures[0].bytes));
    REQUIRE(files.write(folder.path() / "encoding", fmt::format("DSSEv1 28 application/vnd.in-toto+json {} {}", envelope->payload.size(), envelope->payload)));
    const auto run = run_process({.arguments = {"openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public.pem", "-in", "encoding", "-sigfile", "signature"},
                                  .folder = folder.path(),
                                  .variables = Variables::of_this_process()});
    REQUIRE(run);
    CHECK_MESSAGE(run->exit_code == 0, run->output, run->errors);
  }
}

TEST_CASE("open_statement") {
  const SigningKey key = key_of(KeyType::ecdsa_p256);
  const SigningKey other = key_of(KeyType::ed25519);
  const std::string text = *sign_statement(small_statement(), key);
  const PublicKey trusted[] = {other.public_key(), key.public_key(), key.public_key()};
  SUBCASE("says who of the trusted signed, once") {
    const auto opened = open_statement(text, trusted, "a.json");
    REQUIRE_MESSAGE(opened, opened.error().message);
    CHECK(opened->key_ids == std::vector<std::string>{key.public_key().id()});
    CHECK(opened->statement.find_subject("payload")->sha256 == sha256("p"));
    CHECK(opened->statement.find_subject("other") == nullptr);
  }
  SUBCASE("the key id is a hint: a wrong or missing one changes nothing") {
    CHECK(open_statement(replace_all(text, key.public_key().id(), other.public_key().id()), trusted));
    CHECK(open_statement(replace_all(text, key.public_key().id(), ""), trusted));
  }
  SUBCASE("nobody who is trusted") {
    const auto opened = open_statement(text, std::span(trusted).first(1), "a.json");
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::refused);
    CHECK(opened.error().message == "a.json: signed by `" + key.public_key().id() + "`, none of the 1 trusted keys verifies it");
    CHECK_FALSE(open_statement(text, {}));
  }
  SUBCASE("a changed payload or payload type") {
    Envelope envelope = *parse_envelope(text);
    CHECK(verified_key_ids(envelope, trusted).size() == 1);
    envelope.payload[10] ^= 1;
    CHECK(verified_key_ids(envelope, trusted).empty());
    CHECK_FALSE(open_statement(replace_all(text, "in-toto+json", "in-toto+yaml"), trusted));
  }
  SUBCASE("base64 with the URL alphabet is the same") {
    std::string url = text;
    const size_t begin = url.find("\"sig\"");
    for (size_t i = begin; i < url.size(); ++i)
      if (url[i] == '+') url[i] = '-';
      else if (url[i] == '/') url[i] = '_';
    CHECK(open_statement(url, trusted));
  }
  SUBCASE("shown without trust") {
    CHECK(open_unverified(text)->predicate_type == "https://example.com/t/v1");
  }
}

TEST_CASE("parse_envelope: refused at the place") {
  const auto message = [](std::string_view text) { return refusal(parse_envelope(text, "a.json")); };
  CHECK(message("{}") == "a.json:1:1: `payloadType` is missing");
  CHECK(message(R"({"payloadType":"t","payload":"e30="})") == "a.json:1:1: `signatures` is missing");
  CHECK(message(R"({"payloadType":"t","payload":"e30","signatures":[]})") == "a.json:1:30: found something else than base64");
  CHECK(message(R"({"payloadType":"t","payload":"e30=","signatures":[]})") == "a.json:1:50: found 0 signatures, expected 1 to 16");
  CHECK(message(R"({"payloadType":"t","payload":"e30=","signatures":[{"keyid":"a"}]})") == "a.json:1:51: item 1 of `signatures` has no `sig`");
  CHECK(message(R"({"payloadType":"t","payload":7,"signatures":[]})") == "a.json:1:30: found an integer in `payload`, expected a string");
  CHECK(message(std::string(k_largest_envelope + 1, ' ')) == "a.json: found 65537 bytes, an envelope has at most 65536");
  std::string many;
  for (int i = 0; i < 17; ++i) many += std::string(i == 0 ? "" : ",") + R"({"sig":""})";
  CHECK(message(R"({"payloadType":"t","payload":"e30=","signatures":[)" + many + "]}") == "a.json:1:50: found 17 signatures, expected 1 to 16");
  CHECK_FALSE(parse_envelope(""));
  CHECK_FALSE(parse_envelope("[]"));
}

TEST_CASE("open_unverified: another payload type is named") {
  CHECK(refusal(open_unverified(R"({"payloadType":"text/plain","payload":"e30=","signatures":[{"sig":""}]})", "a.json")) ==
        "a.json: found payload type `text/plain`, expected `application/vnd.in-toto+json`");
}

TEST_CASE("sign_statement: what does not fit into an envelope is refused") {
  Statement statement = small_statement();
  statement.predicate.set("big", std::string(49'000, 'x'));
  const auto text = sign_statement(statement, key_of(KeyType::ecdsa_p256));
  REQUIRE_FALSE(text);
  CHECK(text.error().code == ErrorCode::refused);
  CHECK(text.error().message.ends_with("at most 65536 are allowed"));
  statement.predicate.set("big", std::string(48'000, 'x'));
  CHECK(sign_statement(statement, key_of(KeyType::ecdsa_p256)));
}
