#pragma once

#include "base/digest.h"
#include "base/embedded_file.h"
#include "base/text.h"
#include "policy/check.h"
#include "scaffold/fresh_template.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mops::fakes {

/// Files in memory.
class MemoryRepository final : public policy::RepositoryView {
 public:
  std::map<std::string, std::string> files;
  std::set<std::string> ignored;
  std::map<model::Version, policy::ReleasedVersion> releases;

  const std::vector<std::string>& paths() override {
    paths_.clear();
    for (const auto& [path, text] : files) paths_.push_back(path);
    return paths_;
  }
  Result<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return fail(ErrorCode::not_found, "there is no file `" + path + "`");
    return found->second;
  }
  Result<uint64_t> size(const std::string& path) override {
    MOPS_ASSIGN(const std::string text, read(path));
    return text.size();
  }
  bool is_ignored(const std::string& path) override { return ignored.contains(path); }
  Result<std::vector<model::Version>> released_versions(const std::string&) override {
    std::vector<model::Version> versions;
    for (const auto& [version, release] : releases) versions.push_back(version);
    return versions;
  }
  Result<std::optional<policy::ReleasedVersion>> released(const std::string&, const model::Version& version) override {
    const auto found = releases.find(version);
    return found == releases.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::vector<std::string> paths_;
};

/// The environments that the sound repository may choose from, and its template.
inline const std::vector<EmbeddedFile> k_environments = {
    {.path = "environments/r-3.yaml",
     .content = "format: environment/v1\nname: r-3\nlanguage: r\ndescription: R 3\nexpires: 2026-01-31\nlock_files: [packages.lock]\n"
                "interpreter: [R, --version]\ncreate: []\n"},
    {.path = "environments/r-4.yaml",
     .content = "format: environment/v1\nname: r-4\nlanguage: r\ndescription: R 4\nexpires: 2027-10-31\nlock_files: [packages.lock]\n"
                "lock_lines: {entry: '^[a-z]+ [0-9.]+', expected: '`NAME VERSION`', sources: [packages.in]}\n"
                "interpreter: [R, --version]\ncreate: []\n"},
    {.path = "r/common/.gitattributes", .content = "# mops:begin digests\n*.csv -text\n# mops:end digests\n"},
    {.path = "r/common/template.yaml",
     .content = "format: template/v1\nmanaged: [{path: .gitattributes, kind: block, block: digests, reason: digests are of bytes}]\n"},
};

/// A repository without a finding at level production.
inline MemoryRepository sound_repository() {
  MemoryRepository repository;
  const std::string holdout = "age,plan,left\n30,gold,1\n";
  const std::string weights = "[1]\n";
  repository.files = {
      {"mops.yaml", replace_all(R"(format: mops/v1
name: churn
owner: {team: risk, contact: risk@example.com}
description: Whether a customer leaves
level: production
task: binary-classification
environment: {name: r-4, lock: packages.lock}
interface:
  inputs:
    - {name: age, datatype: FP64, shape: [-1], range: [0, 120], sensitivity: personal}
    - {name: plan, datatype: BYTES, categories: [basic, gold], nullable: true, sensitivity: none}
  outputs:
    - {name: probability, datatype: FP64, range: [0, 1]}
    - {name: label, datatype: INT64}
serving:
  command: [./serve, "{port}"]
resources: {cpu: 1, memory: 512Mi}
datasets:
  - {name: holdout, role: holdout, path: data/holdout.csv, sha256: HOLDOUT}
certification:
  dataset: holdout
  target: left
  score: probability
  prediction: label
  metrics: {roc_auc: {min: 0.9}}
  latency: {p99_ms: 50}
)",
                                "HOLDOUT", sha256(holdout).hex())},
      {"mops.lock", "format: lock/v1\nartifacts:\n  - {path: weights.json, sha256: " + sha256(weights).hex() + ", size: 4}\n"},
      {"packages.lock", "jsonlite 1.8\n"},
      {"weights.json", weights},
      {".gitattributes", "*.bin binary\n# mops:begin digests\n*.csv -text\n# mops:end digests\n"},
      {"data/holdout.csv", holdout},
      {"release-notes/0.1.0.yaml",
       "format: notes/v1\nversion: \"0.1.0\"\ndate: 2026-11-23\nsummary: First version\nadded:\n  - The model\n"},
      {"model-card.md",
       "---\nlicense: apache-2.0\npipeline_tag: tabular-classification\ntags: [tabular]\n---\n# churn\n\n## Intended use\n\nCalls.\n\n"
       "## Training data\n\nCustomers of 2025.\n\n## Limitations\n\nOne country.\n\n## Upgrade and downgrade\n\nNo state.\n"},
      {"examples/request.json",
       "{\n  \"id\": \"1\",\n  \"inputs\": [{\"name\": \"age\", \"shape\": [1], \"datatype\": \"FP64\", \"data\": [30]}]\n}\n"},
  };
  return repository;
}

/// The same repository in an environment that the program has, where the fake's are not official, and with the managed files of the
/// program's templates.
inline MemoryRepository in_python(const MemoryRepository& repository, std::span<const EmbeddedFile> templates, scaffold::PartScope scope) {
  MemoryRepository real = repository;
  real.files.clear();
  const auto renamed = [](const std::string& text) { return replace_all(replace_all(text, "r-4", "python-3"), "packages.lock", "requirements.lock"); };
  for (const auto& [path, text] : repository.files)
    real.files[renamed(path)] = renamed(replace_all(text, "jsonlite 1.8", "jsonlite==1.8 --hash=sha256:" + std::string(64, '0')));
  for (auto& [version, release] : real.releases) release.manifest = renamed(release.manifest);
  const scaffold::NewModel model{.name = "churn", .language = "python", .task = "binary-classification"};
  const auto fresh = scaffold::render_template(model, scope, templates);
  for (const scaffold::FreshFile& managed : fresh.value().managed) real.files[managed.file.path] = managed.file.content;
  return real;
}

}  // namespace mops::fakes
