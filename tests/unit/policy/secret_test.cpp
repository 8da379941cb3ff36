#include "policy/secret.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>

using namespace mops::policy;

namespace {

// Put together here, so that no scanner takes this file for a leak.
const std::string k_random = "a8Kf03LmQ9zXv72TbYcWe5RpUhGjNd4SoI1";

std::string told(const std::string& text) {
  std::string out;
  for (const FoundSecret& secret : find_secrets(text))
    out += fmt::format("{}:{}-{} {}\n", secret.span.begin.line, secret.span.begin.column, secret.span.end.column, secret.kind);
  return out;
}

}  // namespace

TEST_CASE("secrets with a form of their own") {
  CHECK(told("x\nkey = AK" + std::string("IA2E4HPQZ7N5WXY3KD\n")) == "2:7-27 an AWS access key\n");
  CHECK(told("t: gh" + std::string("p_") + k_random + "b") == "1:4-44 a GitHub token\n");
  CHECK(told("\"ü\": \"h" + std::string("f_") + k_random.substr(0, 34) + "\"") == "1:7-44 a Hugging Face token\n");
  CHECK(told("postgres://mops:s3cr3t-horse@db/x") == "1:17-29 a password in a URL\n");
  const std::string line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
  CHECK(told("-----BEGIN PRIVATE" + std::string(" KEY-----\n") + line + "\n").find("a private key") != std::string::npos);
  CHECK(told("{\"k\": \"-----BEGIN RSA PRIVATE" + std::string(" KEY-----\\n") + line + "\\n\"}").find("a private key") != std::string::npos);
}

TEST_CASE("what only looks like a secret") {
  CHECK(told("AKIAIOSFODNN7EXAMPLE") == "");
  CHECK(told("ghp_" + std::string(36, 'x')) == "");
  CHECK(told("xghp_" + k_random + "bcd") == "");
  CHECK(told("if '-----BEGIN PRIVATE KEY-----' in text: refuse()") == "");
  CHECK(told("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n") == "");
  CHECK(told("https://user:password@host https://u:${PASS}@host https://u:<pass>@host http://[::1]:80/a@b http://host:8080/x@y") == "");
  CHECK(told("") == "");
}
