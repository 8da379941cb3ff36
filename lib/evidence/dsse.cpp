#include "evidence/dsse.h"

#include "base/text.h"
#include "document/document.h"
#include "document/reader.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::evidence {
namespace {

// Verifying costs about 0.1 ms a signature and key; an envelope of 64 kB could name hundreds.
constexpr size_t k_most_signatures = 16;

/// DSSE takes either alphabet of RFC 4648.
std::string read_base64(const document::Field& field) {
  std::string text = field.text();
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  auto bytes = from_base64(text);
  if (!bytes) field.refuse("found something else than base64");
  return bytes.value_or("");
}

std::string to_json(const Envelope& envelope) {
  document::Value signatures = document::Value::list();
  for (const Signature& signature : envelope.signatures)
    signatures.add(document::Value::map().set("keyid", signature.key_id).set("sig", to_base64(signature.bytes)));
  return document::to_json(document::Value::map()
                               .set("payloadType", envelope.payload_type)
                               .set("payload", to_base64(envelope.payload))
                               .set("signatures", std::move(signatures)),
                           document::JsonLayout::indented);
}

Result<Statement> statement_of(const Envelope& envelope, std::string_view source_name) {
  if (envelope.payload_type != k_statement_payload_type)
    return fail(ErrorCode::invalid, fmt::format("{}: found payload type `{}`, expected `{}`", source_name, envelope.payload_type, k_statement_payload_type));
  return parse_statement(envelope.payload, fmt::format("{} (payload)", source_name));
}

}  // namespace

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(), payload);
}

Result<std::string> sign_statement(const Statement& statement, const SigningKey& key) {
  Envelope envelope{.payload = to_json(statement)};
  MOPS_ASSIGN(std::string bytes, key.sign(pre_authentication_encoding(envelope.payload_type, envelope.payload)));
  envelope.signatures.push_back({.key_id = key.public_key().id(), .bytes = std::move(bytes)});
  std::string text = to_json(envelope);
  if (text.size() > k_largest_envelope)
    return fail(ErrorCode::refused, fmt::format("the statement has {} bytes signed, at most {} are allowed", text.size(), k_largest_envelope),
                "certify fewer rows");
  return text;
}

Result<Envelope> parse_envelope(std::string_view text, std::string_view source_name) {
  if (text.size() > k_largest_envelope)
    return fail(ErrorCode::invalid, fmt::format("{}: found {} bytes, an envelope has at most {}", source_name, text.size(), k_largest_envelope));
  const document::Document document = document::parse_json({.path = std::string(source_name), .text = std::string(text)});
  document::Reader reader(document);
  const document::Field root = reader.root();
  Envelope envelope{.payload_type = root.at("payloadType").text(), .payload = read_base64(root.at("payload"))};
  const document::Field signatures = root.at("signatures");
  for (const document::Field& item : signatures.items())
    envelope.signatures.push_back({.key_id = item.maybe("keyid").text(), .bytes = read_base64(item.at("sig"))});
  if (envelope.signatures.empty() || envelope.signatures.size() > k_most_signatures)
    signatures.refuse(fmt::format("found {} signatures, expected 1 to {}", envelope.signatures.size(), k_most_signatures));
  return reader.finish(std::move(envelope));
}

std::vector<std::string> verified_key_ids(const Envelope& envelope, std::span<const PublicKey> trusted) {
  const std::string message = pre_authentication_encoding(envelope.payload_type, envelope.payload);
  std::vector<std::string> ids;
  for (const PublicKey& key : trusted) {
    std::string id = key.id();
    const bool is_signer = std::any_of(envelope.signatures.begin(), envelope.signatures.end(),
                                       [&](const Signature& signature) { return key.verifies(message, signature.bytes); });
    if (is_signer && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

Result<VerifiedStatement> open_statement(std::string_view text, std::span<const PublicKey> trusted, std::string_view source_name) {
  MOPS_ASSIGN(const Envelope envelope, parse_envelope(text, source_name));
  std::vector<std::string> key_ids = verified_key_ids(envelope, trusted);
  if (key_ids.empty()) {
    std::vector<std::string> claimed;
    for (const Signature& signature : envelope.signatures) claimed.push_back(signature.key_id.empty() ? "unnamed" : signature.key_id);
    return fail(ErrorCode::refused, fmt::format("{}: signed by {}, none of the {} trusted keys verifies it", source_name, quoted_list(claimed, "and"), trusted.size()),
                "trust the public key of who signed, or have somebody who is trusted certify it");
  }
  MOPS_ASSIGN(Statement statement, statement_of(envelope, source_name));
  return VerifiedStatement{.statement = std::move(statement), .key_ids = std::move(key_ids)};
}

Result<Statement> open_unverified(std::string_view text, std::string_view source_name) {
  MOPS_ASSIGN(const Envelope envelope, parse_envelope(text, source_name));
  return statement_of(envelope, source_name);
}

}  // namespace mops::evidence
