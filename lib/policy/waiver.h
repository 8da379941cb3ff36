#pragma once

#include "base/clock.h"
#include "base/source.h"
#include "document/document.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::policy {

/// `policy.waivers` of a manifest: for a while, a team need not keep a rule.
struct Waiver {
  std::string rule;
  std::string path;  ///< which files (glob.h), relative to the model; empty: all
  std::string owner;
  std::string reason;
  std::string expires;  ///< as written
  SystemTime end;       ///< of its last day
  Span rule_span;
  Span expires_span;
};

/// The waivers that are complete; what is missing in the others is the schema's finding.
std::vector<Waiver> read_waivers(const document::Document& manifest);

/// Whether a rule can be waived at all: not what other checks and every reader build on (manifest/, yaml/, json/, policy/, waiver/), but
/// for `manifest/incomplete`.
bool can_be_waived(std::string_view rule);

}  // namespace mops::policy
