#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "evidence/statement.h"
#include "model/version.h"

#include <string>

namespace mops::evidence {

/// That a version is a payload, found at a commit, measured by a certification and described by release notes. Written as
/// the in-toto predicate release/v0.1 (purl `pkg:generic/NAME@VERSION`), the rest under the key `mops_release` (format
/// release/v1). Subject: the payload.
struct Release {
  std::string model;
  model::Version version;
  std::string commit;  ///< hex
  Digest payload;
  Digest certificate;  ///< of the certification's envelope, as a file
  Digest notes;        ///< of `release-notes/X.Y.Z.yaml`, as a file
  SystemTime released;
};

inline constexpr std::string_view k_release_type = "https://in-toto.io/attestation/release/v0.1";

Statement to_statement(const Release& release);

/// As strict as read_certificate. Error: invalid.
Result<Release> read_release(const Statement& statement);

}  // namespace mops::evidence
