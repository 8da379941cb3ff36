#include "platform/version_store.h"

#include "base/text.h"
#include "document/document.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "model/lock.h"
#include "model/payload.h"

#include <map>

namespace mops::platform {
namespace {

Result<void> list_files(FileSystem& files, const Path& folder, const std::string& prefix, std::vector<std::string>& paths) {
  MOPS_ASSIGN(const auto entries, files.list(folder));
  for (const DirectoryEntry& entry : entries) {
    const std::string path = prefix + entry.name;
    if (entry.kind == FileKind::directory) {
      MOPS_TRY(list_files(files, folder / entry.name, path + "/", paths));
    } else if (entry.kind == FileKind::file) {
      paths.push_back(path);
    } else {
      return fail(ErrorCode::refused, fmt::format("`{}` in the version is neither a file nor a folder", path));
    }
  }
  return {};
}

/// Digests that files must have: the payload's lines, and what mops.lock names besides.
Result<std::map<std::string, Digest>> expected_files(FileSystem& files, const VersionFolder& folder, const Digest& payload) {
  MOPS_ASSIGN(const std::string lines, files.read(folder.payload_lines()));
  if (sha256(lines) != payload)
    return fail(ErrorCode::refused, fmt::format("the version's files have payload {}, not {}", sha256(lines).short_hex(), payload.short_hex()));
  MOPS_ASSIGN(const model::Payload parsed, model::parse_payload_lines(lines));
  std::map<std::string, Digest> expected;
  for (const model::PayloadFile& file : parsed.files) expected.emplace(file.path, file.digest);
  if (!expected.contains("mops.lock")) return expected;
  MOPS_ASSIGN(std::string text, files.read(folder.payload() / "mops.lock"));
  MOPS_ASSIGN(const model::Lock lock, model::read_lock(document::parse_yaml({.path = "mops.lock", .text = std::move(text)})));
  for (const model::Artifact& artifact : lock.artifacts) expected.emplace(artifact.path, artifact.sha256);
  return expected;
}

Result<Digest> digest_of_file(FileSystem& files, const Path& folder, const std::string& path) {
  MOPS_ASSIGN(std::string content, files.read(folder / path));
  if (path != "mops.yaml") return sha256(content);
  const document::Document manifest = document::parse_yaml({.path = path, .text = std::move(content)});
  if (manifest.root() == nullptr) return fail(ErrorCode::refused, "the version's mops.yaml cannot be read");
  return model::manifest_digest(*manifest.root());
}

tl::unexpected<Error> not_the_file(const std::string& path, const Digest& payload) {
  return fail(ErrorCode::refused, fmt::format("`{}` is not the file that payload {} names", path, payload.short_hex()));
}

/// Every file that the payload names is there, and is the one that it names.
Result<void> verify_named_files(FileSystem& files, const VersionFolder& folder, const Digest& payload) {
  MOPS_ASSIGN(const auto expected, expected_files(files, folder, payload));
  for (const auto& [path, wanted] : expected) {
    const auto status = files.status(folder.payload() / path);
    if (!status && status.error().code == ErrorCode::not_found) return fail(ErrorCode::refused, fmt::format("`{}` of payload {} is missing", path, payload.short_hex()));
    if (status && status->kind != FileKind::file) return fail(ErrorCode::refused, fmt::format("`{}` of payload {} is no file any more", path, payload.short_hex()));
    MOPS_ASSIGN(const Digest digest, digest_of_file(files, folder.payload(), path));
    if (digest != wanted) return not_the_file(path, payload);
  }
  return {};
}

/// The same, and there is nothing else.
Result<void> verify_exactly(FileSystem& files, const VersionFolder& folder, const Digest& payload) {
  MOPS_ASSIGN(const auto expected, expected_files(files, folder, payload));
  std::vector<std::string> paths;
  MOPS_TRY(list_files(files, folder.payload(), "", paths));
  for (const std::string& path : paths)
    if (!expected.contains(path)) return fail(ErrorCode::refused, fmt::format("`{}` is not part of payload {}", path, payload.short_hex()));
  return verify_named_files(files, folder, payload);
}

}  // namespace

bool VersionStore::has(const Digest& payload) { return exists(files_, folder_of(payload).certificate()); }

Result<VersionTexts> VersionStore::read_texts(const VersionFolder& folder) {
  VersionTexts texts;
  MOPS_ASSIGN(texts.manifest, files_.read(folder.payload() / "mops.yaml"));
  MOPS_ASSIGN(texts.certificate, files_.read(folder.certificate()));
  MOPS_ASSIGN(texts.public_key, files_.read(folder.public_key()));
  return texts;
}

Result<StoredVersion> VersionStore::read(const VersionFolder& folder, const Digest& payload, VersionTexts texts) {
  const document::Document manifest = document::parse_yaml({.path = "mops.yaml", .text = texts.manifest});
  StoredVersion version{.payload = payload, .folder = folder, .certificate_digest = sha256(texts.certificate)};
  MOPS_ASSIGN(version.manifest, model::read_manifest(manifest));
  MOPS_ASSIGN(const auto expected, expected_files(files_, folder, payload));
  const auto line = expected.find("mops.yaml");
  if (line == expected.end() || line->second != model::manifest_digest(*manifest.root())) return not_the_file("mops.yaml", payload);
  MOPS_ASSIGN(const evidence::PublicKey key, evidence::PublicKey::from_pem(texts.public_key));
  MOPS_ASSIGN(const auto verified, evidence::open_statement(texts.certificate, std::span(&key, 1), "certificate"));
  version.key_id = key.id();
  MOPS_ASSIGN(version.certificate, evidence::read_certificate(verified.statement));
  if (version.certificate.payload != payload)
    return fail(ErrorCode::refused, fmt::format("the certificate is about payload {}, not {}", version.certificate.payload.short_hex(), payload.short_hex()));
  if (!evidence::passes(version.certificate.verdict))
    return fail(ErrorCode::refused, fmt::format("the certification of payload {} is {}, not PASSED", payload.short_hex(), to_string(version.certificate.verdict)),
                "run `mops certify`, and read why it did not pass");
  version.texts = std::move(texts);
  if (exists(files_, folder.environment())) {
    MOPS_ASSIGN(std::string text, files_.read(folder.environment()));
    MOPS_ASSIGN(version.environment, target::read_environment(document::parse_yaml({.path = "environment.yaml", .text = std::move(text)})));
    if (version.environment->name != version.manifest.environment.name)
      return fail(ErrorCode::refused, fmt::format("`environment.yaml` describes `{}`, the version needs `{}`", version.environment->name, version.manifest.environment.name));
  }
  return version;
}

Result<StoredVersion> VersionStore::open(const Digest& payload, const std::optional<VersionTexts>& newer) {
  const VersionFolder kept = folder_of(payload);
  if (!has(payload))
    return fail(ErrorCode::not_found, fmt::format("the platform keeps no version with payload {}", payload.short_hex()),
                "promote it from its repository: `mops promote NAME@VERSION -m REASON`");
  if (newer) return read(kept, payload, *newer);
  MOPS_ASSIGN(VersionTexts texts, read_texts(kept));
  return read(kept, payload, std::move(texts));
}

Result<void> VersionStore::verify(const Digest& payload) { return verify_named_files(files_, folder_of(payload), payload); }

Result<StoredVersion> VersionStore::examine(const Path& incoming, const Digest& payload) {
  const VersionFolder from{.root = incoming};
  MOPS_TRY(verify_exactly(files_, from, payload));
  MOPS_ASSIGN(VersionTexts texts, read_texts(from));
  return read(from, payload, std::move(texts));
}

Result<StoredVersion> VersionStore::take(const Path& incoming, const Digest& payload) {
  const VersionFolder from{.root = incoming};
  const VersionFolder kept = folder_of(payload);
  MOPS_ASSIGN(const StoredVersion examined, examine(incoming, payload));
  const VersionTexts& texts = examined.texts;
  if (has(payload) && verify(payload)) {
    if (exists(files_, from.environment())) {
      MOPS_ASSIGN(const std::string environment, files_.read(from.environment()));
      MOPS_TRY(files_.write(kept.environment(), environment));
    }
    MOPS_TRY(files_.remove(incoming));
  } else {
    // Damaged, or without a certificate: what a killed `take` of another file system left.
    MOPS_TRY(files_.remove(kept.root));
    MOPS_TRY(files_.rename(incoming, kept.root));
  }
  return open(payload, texts);
}

}  // namespace mops::platform
