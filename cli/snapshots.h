#pragma once

#include "cli/workspace.h"
#include "comparison/snapshot.h"

#include <optional>
#include <string>

namespace mops::cli {

/// Two states of the model of a workspace, each with its certificate, which may be found in the commit of either or on the disk.
struct SnapshotPair {
  comparison::Snapshot before;
  comparison::Snapshot after;
};

/// One of them. Without `name`: the files on the disk. Errors as below.
Result<comparison::Snapshot> take_snapshot(Env& env, Workspace& workspace, const std::optional<std::string>& name);

/// A state is called `1.0.0` or `NAME@1.0.0` (a release), by any revision of git, or not at all: the files on the disk. Without
/// `before`: the newest release. Errors: not_found, with the releases that are here; what reading fails with.
Result<SnapshotPair> take_snapshots(Env& env, Workspace& workspace, const std::optional<std::string>& before, const std::optional<std::string>& after);

}  // namespace mops::cli
