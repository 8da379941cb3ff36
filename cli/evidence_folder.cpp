#include "cli/evidence_folder.h"

#include "evidence/dsse.h"
#include "evidence/key.h"
#include "evidence/layout.h"

namespace mops::cli {
namespace {

struct TextFile {
  std::string path;
  std::string text;
};

Result<FoundCertificate> read_certificate(const TextFile& file, const std::vector<evidence::PublicKey>& keys) {
  MOPS_ASSIGN(const auto verified, evidence::open_statement(file.text, keys, file.path));
  FoundCertificate found{.digest = sha256(file.text), .path = file.path, .envelope = file.text};
  MOPS_ASSIGN(found.certificate, evidence::read_certificate(verified.statement));
  for (const evidence::PublicKey& key : keys) {
    if (key.id() != verified.key_ids.front()) continue;
    found.public_key = key.pem();
    found.key_id = key.id();
  }
  return found;
}

std::vector<FoundCertificate> certificates_among(const std::vector<TextFile>& files, const std::optional<Digest>& payload, std::vector<std::string>& problems) {
  std::vector<evidence::PublicKey> keys;
  for (const TextFile& file : files) {
    if (!evidence::is_public_key_path(file.path)) continue;
    auto key = evidence::PublicKey::from_pem(file.text);
    if (key) keys.push_back(std::move(*key));
    else problems.push_back(fmt::format("{}: {}", file.path, key.error().message));
  }
  std::vector<FoundCertificate> found;
  for (const TextFile& file : files) {
    if (!evidence::is_certification_path(file.path)) continue;
    auto certificate = read_certificate(file, keys);
    if (!certificate) problems.push_back(fmt::format("{}: {}", file.path, certificate.error().message));
    else if (!payload || certificate->certificate.payload == *payload) found.push_back(std::move(*certificate));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.certificate.finished > b.certificate.finished; });
  return found;
}

Result<void> read_folder(FileSystem& files, const Path& folder, const std::string& prefix, std::vector<TextFile>& texts) {
  const auto entries = files.list(folder);
  if (!entries) return {};
  for (const DirectoryEntry& entry : *entries) {
    const std::string path = prefix + entry.name;
    if (entry.kind == FileKind::directory) MOPS_TRY(read_folder(files, folder / entry.name, path + "/", texts));
    if (entry.kind != FileKind::file || (!evidence::is_certification_path(path) && !evidence::is_public_key_path(path))) continue;
    MOPS_ASSIGN(std::string text, files.read(folder / entry.name));
    texts.push_back({.path = path, .text = std::move(text)});
  }
  return {};
}

}  // namespace

Result<std::vector<FoundCertificate>> certificates_at(Workspace& workspace, const repository::ObjectId& commit, const std::optional<Digest>& payload,
                                                      std::vector<std::string>& problems) {
  MOPS_ASSIGN(const auto tree, workspace.repository().tree_files(commit, workspace.folder_in_repository()));
  std::vector<TextFile> files;
  std::vector<repository::ObjectId> blobs;
  for (const repository::TreeFile& file : tree) {
    if (!evidence::is_certification_path(file.path) && !evidence::is_public_key_path(file.path)) continue;
    files.push_back({.path = file.path});
    blobs.push_back(file.blob);
  }
  MOPS_TRY(workspace.repository().read_blobs(blobs, [&](size_t index, std::string_view bytes) -> Result<void> {
    files[index].text = bytes;
    return {};
  }));
  return certificates_among(files, payload, problems);
}

Result<std::vector<FoundCertificate>> certificates_on_disk(Env& env, const Path& folder, const std::optional<Digest>& payload, std::vector<std::string>& problems) {
  std::vector<TextFile> files;
  MOPS_TRY(read_folder(env.files, folder / "evidence", "evidence/", files));
  return certificates_among(files, payload, problems);
}

Result<FoundCertificate> certificate_from_file(Env& env, const Path& file, const Path& model_folder) {
  MOPS_ASSIGN(std::string envelope, env.files.read(file));
  std::vector<evidence::PublicKey> keys;
  for (const Path& folder : {file.parent_path(), file.parent_path() / "keys", file.parent_path().parent_path() / "keys", model_folder / "evidence" / "keys"}) {
    const auto entries = env.files.list(folder);
    if (!entries) continue;
    for (const DirectoryEntry& entry : *entries) {
      if (entry.kind != FileKind::file || !entry.name.ends_with(".pub")) continue;
      if (auto key = evidence::load_public_key(env.files, folder / entry.name)) keys.push_back(std::move(*key));
    }
  }
  return read_certificate({.path = file.string(), .text = std::move(envelope)}, keys);
}

}  // namespace mops::cli
