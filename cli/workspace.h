#pragma once

#include "cli/env.h"
#include "document/document.h"
#include "model/manifest.h"
#include "model/payload.h"
#include "repository/repository.h"

#include <memory>
#include <optional>
#include <string>

namespace mops::cli {

/// Which state of a model repository a verb looks at.
enum class Side { commit, work_tree };

/// A model repository as the user sees it: the git repository around a folder that holds a `mops.yaml`.
class Workspace {
 public:
  /// `directory` is relative to where the user stands; empty: there. Errors as repository::open_repository.
  static Result<Workspace> open(Env& env, const std::string& directory = {});
  /// The same for another folder of the repository that `opened` has open, which is taken over; nullopt when it is not in there.
  static std::optional<Workspace> reopen(Workspace&& opened, Env& env, const std::string& directory);

  [[nodiscard]] repository::Repository& repository() { return *repository_; }
  /// Absolute, of the model.
  [[nodiscard]] const Path& folder() const { return folder_; }
  /// Of the model within the repository, with `/`; empty at its root.
  [[nodiscard]] const std::string& folder_in_repository() const { return folder_in_repository_; }
  /// HEAD. Error: refused before the first commit.
  Result<repository::ObjectId> head() { return head_commit(*repository_); }

  /// The text of a file of the model in a commit, or at HEAD; nullopt when there is none.
  Result<std::optional<std::string>> read_at(const repository::ObjectId& commit, const std::string& path);
  Result<std::optional<std::string>> read_at_head(const std::string& path);

  Result<model::Payload> payload_at(const repository::ObjectId& commit);
  /// Of HEAD, or of the files on the disk.
  Result<model::Payload> payload(Side side);
  /// The manifest, parsed. Error: not_found without a `mops.yaml` (says `mops new`), invalid.
  Result<model::Manifest> manifest_at(const repository::ObjectId& commit);
  Result<model::Manifest> manifest(Side side);

 private:
  Env* env_ = nullptr;
  std::unique_ptr<repository::Repository> repository_;
  Path folder_;
  std::string folder_in_repository_;
};

/// The folder that the user means: `directory` from where he stands.
Path folder_of(const Env& env, const std::string& directory);

}  // namespace mops::cli
