#pragma once

#include "base/diagnostic.h"
#include "evidence/certificate.h"
#include "model/compatibility.h"
#include "model/notes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mops::policy {

/// Holds what release notes claim against a certificate: digests must be equal, numbers equal at the digits written. A number
/// that the certificate does not have is false too. Rule: `notes/false-fact`. `path` is the notes' file.
std::vector<Diagnostic> check_facts(const model::Notes& notes, const std::string& path, const evidence::Certificate& certificate,
                                    const Digest& certificate_digest);

/// What is known of the version that notes compare with.
struct Earlier {
  const evidence::Certificate* certificate = nullptr;
  std::optional<model::InterfaceComparison> interface = {};  ///< from it to the version of the notes
};

/// Holds `facts.changes`, which must be there, against the certificates of both versions and their interfaces, at the digits
/// written (`notes/false-fact`). What cannot be known here is one finding `notes/unchecked-fact`, a warning.
std::vector<Diagnostic> check_changes(const model::Notes& notes, const std::string& path, const evidence::Certificate& certificate, const Earlier& earlier);

/// The number of that name under `performance:` in notes, as certificates measure it; nullopt for an unknown name.
std::optional<double> performance_value(const evidence::Performance& performance, std::string_view name);

/// Names of the numbers under `performance:`, in the order in which drafts list them.
const std::vector<std::string>& performance_names();

}  // namespace mops::policy
