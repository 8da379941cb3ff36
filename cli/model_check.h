#pragma once

#include "cli/findings.h"
#include "cli/fix.h"
#include "cli/model_search.h"
#include "cli/policies.h"
#include "cli/repository_view.h"
#include "cli/workspace_pool.h"
#include "model/manifest.h"

#include <optional>
#include <string>

namespace mops::cli {

struct ModelCheckOptions {
  std::optional<model::Level> level;    ///< instead of what the manifest says
  std::optional<std::string> revision;  ///< this commit's files instead of those on the disk
  SystemTime now;
  std::optional<FixMode> fix;
};

struct CheckedModel {
  std::string owner;  ///< its team; empty when the manifest does not say
  model::Level level = model::Level::prototype;
  ModelFindings found;
  FixReport fixed;
};

/// Holds models against their policies, one after the other or at the same time. Safe from any thread.
class ModelCheck {
 public:
  ModelCheck(Env& env, Policies& policies, ModelCheckOptions options);

  /// What is found once everything is fixed that shall be. nullopt: as git or the commit has it, the folder that was found is no model.
  Result<std::optional<CheckedModel>> run(const ModelFolder& folder);

 private:
  Result<std::optional<CheckedModel>> look_at(const ModelFolder& folder);
  Result<ModelView> open_view(Workspace& workspace);
  [[nodiscard]] model::Level level_of(const document::Document& manifest) const;

  Env& env_;
  Policies& policies_;
  ModelCheckOptions options_;
  WorkspacePool workspaces_;
};

}  // namespace mops::cli
