#pragma once

#include "cli/workspace.h"
#include "evidence/certificate.h"
#include "evidence/key.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// A certification as it is on the disk, whoever signed it.
struct CertificateFile {
  std::string name;                     ///< as the user said it, or its path within the model's folder
  Path path;
  std::string envelope;
  evidence::Statement statement;
  evidence::Certificate certificate;
};

/// `given`, from where the user stands; without one the newest certification under `evidence/` of the payload on the disk. Errors:
/// not_found; invalid when it is no envelope of a certification.
Result<CertificateFile> find_certificate_file(Env& env, Workspace& workspace, const std::optional<std::string>& given);

/// The public keys under `evidence/keys` of the model. Those that cannot be read are passed over.
std::vector<evidence::PublicKey> keys_of(Env& env, const Workspace& workspace);

}  // namespace mops::cli
