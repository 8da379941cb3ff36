#pragma once

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/result.h"
#include "model/manifest.h"
#include "model/version.h"
#include "policy/policy.h"
#include "scaffold/description.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mops::policy {

/// A version as its tag has it.
struct ReleasedVersion {
  std::string manifest;               ///< the text of its `mops.yaml`
  std::optional<Digest> certificate;  ///< that the tag's message names
};

/// The files of one model: HEAD's tree or the work tree. Paths are relative to the model's folder, with `/`.
class RepositoryView {
 public:
  virtual ~RepositoryView() = default;
  /// In byte order.
  virtual const std::vector<std::string>& paths() = 0;
  /// Of a path that `paths` lists. Bytes as they are kept: of a Git LFS file its pointer.
  virtual Result<std::string> read(const std::string& path) = 0;
  /// What `read` would give, in bytes.
  virtual Result<uint64_t> size(const std::string& path) = 0;
  /// Whether git ignores the path, which is not among `paths`: then it may be made or fetched later.
  virtual bool is_ignored(const std::string& path) = 0;

  /// The versions of a model that tags of the repository register, in any order. Walks no history.
  virtual Result<std::vector<model::Version>> released_versions(const std::string& name) = 0;
  /// nullopt: there is no such tag here (a shallow clone), or it holds no manifest.
  virtual Result<std::optional<ReleasedVersion>> released(const std::string& name, const model::Version& version) = 0;
};

struct CheckOptions {
  model::Level level = model::Level::prototype;
  SystemTime now;
  /// In front of the paths of findings: the model's folder as the user would type it, with `/` at its end, or nothing.
  std::string path_prefix;
  /// Whether the model's folder is the root of its repository, where git hosts and hooks look for their files.
  scaffold::PartScope scope = scaffold::PartScope::model;
  /// About the policy itself (it could not be had, its digest is another); shown with the rest.
  std::vector<Diagnostic> about_policy = {};
};

/// Holds one model against the policy. Looks at the files of the view only: no history, no network. Findings in the order in
/// which they are shown. Error: what `read` fails with.
Result<std::vector<Diagnostic>> check(RepositoryView& view, const Policy& policy, const CheckOptions& options);

}  // namespace mops::policy
