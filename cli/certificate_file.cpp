#include "cli/certificate_file.h"

#include "evidence/dsse.h"
#include "evidence/layout.h"

#include <algorithm>

namespace mops::cli {
namespace {

Result<CertificateFile> read_file(Env& env, std::string name, Path path) {
  CertificateFile file{.name = std::move(name), .path = std::move(path)};
  MOPS_ASSIGN(file.envelope, env.files.read(file.path));
  MOPS_ASSIGN(file.statement, evidence::open_unverified(file.envelope, file.name));
  auto certificate = evidence::read_certificate(file.statement);
  if (!certificate) return fail(std::move(certificate).error().in_context(fmt::format("`{}` is no certification", file.name)));
  file.certificate = std::move(*certificate);
  return file;
}

}  // namespace

Result<CertificateFile> find_certificate_file(Env& env, Workspace& workspace, const std::optional<std::string>& given) {
  if (given) return read_file(env, *given, (env.folder / *given).lexically_normal());
  MOPS_ASSIGN(const model::Payload payload, workspace.payload(Side::work_tree));
  const std::string folder = evidence::certification_folder(payload.digest());
  std::optional<CertificateFile> newest;
  for (const DirectoryEntry& entry : env.files.list(workspace.folder() / folder).value_or(std::vector<DirectoryEntry>())) {
    const std::string path = folder + entry.name;
    if (entry.kind != FileKind::file || !evidence::is_certification_path(path)) continue;
    MOPS_ASSIGN(CertificateFile file, read_file(env, path, workspace.folder() / path));
    if (!newest || file.certificate.finished > newest->certificate.finished) newest = std::move(file);
  }
  if (newest) return std::move(*newest);
  return fail(ErrorCode::not_found, fmt::format("there is no certification of payload {} under `evidence/`", payload.digest().short_hex()),
              "`mops certify` makes one; name the file of another one");
}

std::vector<evidence::PublicKey> keys_of(Env& env, const Workspace& workspace) {
  std::vector<evidence::PublicKey> keys;
  const Path folder = workspace.folder() / "evidence" / "keys";
  for (const DirectoryEntry& entry : env.files.list(folder).value_or(std::vector<DirectoryEntry>())) {
    if (entry.kind != FileKind::file || !entry.name.ends_with(".pub")) continue;
    if (auto key = evidence::load_public_key(env.files, folder / entry.name)) keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace mops::cli
