#pragma once

#include "cli/earlier_version.h"
#include "model/commit_note.h"
#include "model/compatibility.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// What release notes are drafted from.
struct Draft {
  model::Version version;
  SystemTime now;
  std::optional<std::string> summary;                     ///< absent: a sentence for a person to replace
  std::vector<std::string> commits;                       ///< messages since the version before, oldest first
  std::optional<model::InterfaceComparison> interface;    ///< since the version before
  const FoundCertificate& certificate;
  std::optional<EarlierVersion> earlier;
};

/// The file: sections of Keep a Changelog from interface and commits, facts from the certificates. YAML that readers of 1.1 and 1.2
/// read equally. The same draft gives the same text.
std::string to_notes(const Draft& draft);

}  // namespace mops::cli
