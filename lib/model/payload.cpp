#include "model/payload.h"

#include "base/text.h"
#include "document/document.h"
#include "document/value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace mops::model {
namespace {

// payload/v1. Another list is another format: digests that exist already depend on this one.
constexpr std::array k_excluded_files = {"README.md",   "CHANGELOG.md",        ".pre-commit-config.yaml", ".pre-commit-hooks.yaml",
                                         ".travis.yml", ".drone.yml",          ".woodpecker.yml",         ".woodpecker.yaml",
                                         "Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"};
constexpr std::array k_excluded_folders = {"release-notes/", "statistics/", "evidence/", ".circleci/", ".buildkite/", ".woodpecker/"};
constexpr std::string_view k_manifest = "mops.yaml";
constexpr std::array k_keys_outside_identity = {"owner", "description", "level", "policy", "monitoring"};

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// As coreutils: a name with one of these is escaped, and its line starts with a backslash.
std::string escaped_name(std::string_view path) {
  std::string name;
  for (const char c : path) {
    if (c == '\\') name += "\\\\";
    else if (c == '\n') name += "\\n";
    else if (c == '\r') name += "\\r";
    else name += c;
  }
  return name;
}

Result<Digest> digest_of_manifest(std::string_view text) {
  const document::Document document = document::parse_yaml({.path = std::string(k_manifest), .text = std::string(text)});
  for (const Diagnostic& finding : document.findings()) {
    if (finding.severity != Severity::error) continue;
    const Position at = finding.location.span ? finding.location.span->begin : Position{};
    return fail(ErrorCode::invalid, fmt::format("{}:{}:{}: {}", k_manifest, at.line, at.column, finding.message), finding.help);
  }
  if (document.root() == nullptr) return fail(ErrorCode::invalid, fmt::format("`{}` is empty", k_manifest), "type `mops check` to see what is missing");
  return manifest_digest(*document.root());
}

}  // namespace

std::string Payload::lines() const {
  std::string text;
  for (const PayloadFile& file : files) {
    const std::string name = escaped_name(file.path);
    fmt::format_to(std::back_inserter(text), "{}{}  {}\n", name == file.path ? "" : "\\", file.digest.hex(), name);
  }
  return text;
}

Digest Payload::digest() const { return sha256(lines()); }

bool is_payload_path(std::string_view path) {
  if (contains(k_excluded_files, path)) return false;
  if (std::any_of(k_excluded_folders.begin(), k_excluded_folders.end(), [&](std::string_view folder) { return path.starts_with(folder); }))
    return false;
  const std::vector<std::string_view> parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(), [](std::string_view part) { return part.starts_with(".git"); });
}

Digest manifest_digest(const document::Node& manifest) {
  if (manifest.kind != document::NodeKind::map) return sha256(document::to_canonical_json(document::Value::of(manifest)));
  document::Value::Map identity;
  for (const document::Entry& entry : manifest.entries)
    if (!contains(k_keys_outside_identity, entry.key.text)) identity.emplace_back(std::string(entry.key.text), document::Value::of(entry.value));
  return sha256(document::to_canonical_json(document::Value::map(std::move(identity))));
}

Result<PayloadFile> payload_file(std::string path, std::string_view content, bool executable) {
  PayloadFile file{.path = std::move(path), .digest = {}, .size = content.size(), .executable = executable};
  if (file.path == k_manifest) {
    MOPS_ASSIGN(file.digest, digest_of_manifest(content));
  } else if (const auto pointer = parse_lfs_pointer(content)) {
    file.digest = pointer->sha256;
    file.size = pointer->size;
  } else {
    file.digest = sha256(content);
  }
  return file;
}

Payload make_payload(std::vector<PayloadFile> files) {
  std::erase_if(files, [](const PayloadFile& file) { return !is_payload_path(file.path); });
  // std::string compares as unsigned bytes, which is the order of `LC_ALL=C sort`.
  std::sort(files.begin(), files.end(), [](const PayloadFile& a, const PayloadFile& b) { return a.path < b.path; });
  return Payload{.files = std::move(files)};
}

std::optional<LfsPointer> parse_lfs_pointer(std::string_view content) {
  constexpr std::string_view k_version_line = "version https://git-lfs.github.com/spec/v1\n";
  constexpr size_t k_longest_pointer = 1024;  // git-lfs reads no more
  if (content.size() >= k_longest_pointer || !content.starts_with(k_version_line)) return std::nullopt;
  content.remove_prefix(k_version_line.size());
  LfsPointer pointer;
  bool has_oid = false;
  bool has_size = false;
  while (!content.empty()) {
    const size_t end = content.find('\n');
    const std::string_view line = content.substr(0, end);
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    constexpr std::string_view k_oid = "oid sha256:";
    constexpr std::string_view k_size = "size ";
    if (line.starts_with(k_oid)) {
      auto digest = Digest::parse(line.substr(k_oid.size()));
      if (!digest || has_oid || line.size() != k_oid.size() + 64) return std::nullopt;
      pointer.sha256 = *digest;
      has_oid = true;
    } else if (line.starts_with(k_size)) {
      const std::string_view digits = line.substr(k_size.size());
      const auto [stopped_at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pointer.size);
      if (digits.empty() || error != std::errc() || stopped_at != digits.data() + digits.size() || has_size) return std::nullopt;
      has_size = true;
    } else {
      // Also `ext-…`: the file that counts is then what an extension makes of the stored one.
      return std::nullopt;
    }
  }
  return has_oid && has_size ? std::optional(pointer) : std::nullopt;
}

}  // namespace mops::model
