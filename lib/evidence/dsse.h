#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "evidence/key.h"
#include "evidence/statement.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mops::evidence {

inline constexpr std::string_view k_statement_payload_type = "application/vnd.in-toto+json";
/// Of a whole envelope: sketches and histograms are files of their own, named by sha256.
inline constexpr size_t k_largest_envelope = 64 * 1024;

struct Signature {
  std::string key_id;  ///< a hint, not trusted
  std::string bytes;
};

/// DSSE v1 (github.com/secure-systems-lab/dsse, envelope.md and protocol.md).
struct Envelope {
  std::string payload_type{k_statement_payload_type};
  std::string payload;
  std::vector<Signature> signatures;
};

/// `DSSEv1 SP len(type) SP type SP len(payload) SP payload`: the bytes that are signed.
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

/// The text of the file that carries `statement`, signed. Refused above k_largest_envelope.
Result<std::string> sign_statement(const Statement& statement, const SigningKey& key);

/// Error: invalid, also for more than k_largest_envelope bytes. Nothing is verified.
Result<Envelope> parse_envelope(std::string_view text, std::string_view source_name = "envelope");

/// The ids of those `trusted` keys that signed, each once. Empty: nobody who is trusted.
std::vector<std::string> verified_key_ids(const Envelope& envelope, std::span<const PublicKey> trusted);

/// A statement, and who signed it.
struct VerifiedStatement {
  Statement statement;
  std::vector<std::string> key_ids;
};

/// Parses and verifies. Errors: invalid; refused when none of the `trusted` keys signed (the message names the keys that
/// the envelope claims).
Result<VerifiedStatement> open_statement(std::string_view text, std::span<const PublicKey> trusted, std::string_view source_name = "envelope");

/// Parses without asking who signed: for showing, never for deciding.
Result<Statement> open_unverified(std::string_view text, std::string_view source_name = "envelope");

}  // namespace mops::evidence
