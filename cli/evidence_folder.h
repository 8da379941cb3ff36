#pragma once

#include "cli/workspace.h"
#include "evidence/certificate.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// A certification as a file, whose signature is that of the key beside it.
struct FoundCertificate {
  evidence::Certificate certificate;
  Digest digest;            ///< of the envelope: the certificate's name
  std::string path;         ///< within the model's folder
  std::string envelope;
  std::string public_key;   ///< PEM
  std::string key_id;
};

/// The certifications of `payload` (without one: all) in a commit of the model's folder, newest first. Files that are no sound,
/// signed certification are passed over; `problems` receives why.
Result<std::vector<FoundCertificate>> certificates_at(Workspace& workspace, const repository::ObjectId& commit, const std::optional<Digest>& payload,
                                                      std::vector<std::string>& problems);
/// The same on the disk.
Result<std::vector<FoundCertificate>> certificates_on_disk(Env& env, const Path& folder, const std::optional<Digest>& payload, std::vector<std::string>& problems);

/// One from a file that somebody gives, such as a CI artifact. Its key is looked for beside it (`*.pub`) and in `evidence/keys`
/// of the model's folder. Error: invalid, refused.
Result<FoundCertificate> certificate_from_file(Env& env, const Path& file, const Path& model_folder);

}  // namespace mops::cli
