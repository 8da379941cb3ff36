#include "policy/evidence_finder.h"

#include "evidence/dsse.h"
#include "evidence/layout.h"

#include <algorithm>
#include <fmt/format.h>

namespace mops::policy {

Result<void> EvidenceFinder::read(const std::string& path) {
  if (digests_.contains(path)) return {};
  MOPS_ASSIGN(SourceFile file, inspection_.read(path));
  const Digest digest = sha256(file.text);
  digests_.emplace(path, digest);
  found_.try_emplace(digest, Found{.path = path, .certificate = {}});
  texts_.try_emplace(digest, std::move(file.text));
  return {};
}

Result<void> EvidenceFinder::read_keys() {
  if (keys_) return {};
  keys_.emplace();
  for (const std::string& path : inspection_.paths()) {
    if (!evidence::is_public_key_path(path)) continue;
    MOPS_ASSIGN(const SourceFile file, inspection_.read(path));
    if (auto key = evidence::PublicKey::from_pem(file.text)) keys_->push_back(*std::move(key));
    else inspection_.add("evidence/unreadable", path, std::nullopt, fmt::format("found no public key: {}", key.error().message), "restore it from git");
  }
  return {};
}

Result<const EvidenceFinder::Found*> EvidenceFinder::find(const Digest& digest, const std::optional<Digest>& payload) {
  const std::string near = payload ? evidence::certification_folder(*payload) : "";
  for (const bool is_near : {true, false}) {
    for (const std::string& path : inspection_.paths())
      if (!found_.contains(digest) && evidence::is_certification_path(path) && (payload && path.starts_with(near)) == is_near) MOPS_TRY(read(path));
    if (found_.contains(digest)) break;
  }
  const auto at = found_.find(digest);
  if (at == found_.end()) return nullptr;
  Found& found = at->second;
  const auto text = texts_.find(digest);
  if (text == texts_.end()) return &found;
  MOPS_TRY(read_keys());
  const auto statement = evidence::open_unverified(text->second, found.path);
  auto certificate = statement ? evidence::read_certificate(*statement) : tl::unexpected<Error>(statement.error());
  if (!certificate)
    inspection_.add("evidence/unreadable", found.path, std::nullopt, certificate.error().message, "restore it from git: evidence is never edited");
  else if (evidence::open_statement(text->second, *keys_, found.path))
    found.certificate = *std::move(certificate);
  else
    inspection_.add("evidence/bad-signature", found.path, std::nullopt, "none of the keys in `evidence/keys/` signed this certification",
                    "restore both from git, or run `mops certify` again");
  texts_.erase(text);
  return &found;
}

Result<const EvidenceFinder::Found*> EvidenceFinder::find_at(const std::string& path) {
  MOPS_TRY(read(path));
  return find(digests_.at(path), std::nullopt);
}

Result<std::optional<std::string>> EvidenceFinder::find_other_than(const std::vector<Digest>& known) {
  std::vector<std::string> folders;
  for (const Digest& payload : known) folders.push_back(evidence::certification_folder(payload));
  for (const std::string& path : inspection_.paths()) {
    if (!evidence::is_certification_path(path)) continue;
    if (std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) { return path.starts_with(folder); })) continue;
    MOPS_ASSIGN(const Found* const found, find_at(path));
    if (found->certificate && evidence::passes(found->certificate->verdict)) return std::optional(path);
  }
  return std::optional<std::string>();
}

}  // namespace mops::policy
