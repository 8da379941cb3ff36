#pragma once

#include "evidence/certificate.h"
#include "evidence/key.h"
#include "policy/inspection.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mops::policy {

/// The certifications below `evidence/`, by the sha256 of their files. Each is read once; what is wrong with one that somebody asks
/// for is a finding about its file (`evidence/unreadable`, `evidence/bad-signature`). Borrows the inspection.
class EvidenceFinder {
 public:
  explicit EvidenceFinder(Inspection& inspection) : inspection_(inspection) {}

  struct Found {
    std::string path;
    std::optional<evidence::Certificate> certificate;  ///< absent: it cannot be read, or nobody signed it, as a finding says
  };
  /// nullptr: no certification has that digest. `payload` says where to look first. Error: what reading fails with.
  Result<const Found*> find(const Digest& digest, const std::optional<Digest>& payload);

  /// The certification at a path.
  Result<const Found*> find_at(const std::string& path);

  /// The path of a PASSED certification about a payload that is none of `known`; nullopt: there is none.
  Result<std::optional<std::string>> find_other_than(const std::vector<Digest>& known);

 private:
  Result<void> read(const std::string& path);
  Result<void> read_keys();

  Inspection& inspection_;
  std::map<std::string, Digest> digests_;  ///< of the files that were read, by path
  std::map<Digest, Found> found_;
  std::map<Digest, std::string> texts_;    ///< read, and nobody has asked for them yet
  std::optional<std::vector<evidence::PublicKey>> keys_;
};

}  // namespace mops::policy
