#pragma once

#include "cli/workspace.h"
#include "platform/journal.h"

#include <span>
#include <vector>

namespace mops::cli {

/// Writes the annotated tags `NAME#STAGE#N` of journal records into the repository (GTO's grammar; the record's id, reason and
/// actor in the message). Those that are there are left. A record whose commit the repository does not have is passed over.
/// One that cannot be written keeps none of the others from being written.
struct StageTags {
  std::vector<std::string> names;  ///< of the tags that are there now
  std::vector<Error> problems;     ///< of those that could not be written, such as a name that another platform took
};
StageTags write_stage_tags(Workspace& workspace, std::span<const platform::JournalRecord> records);

/// What the tag of a record says, for as long as the record is the one that was written.
std::string stage_tag_message(const platform::JournalRecord& record);

/// Publishes tags to the repository's remote (the only one, or `origin`); says on standard error what happened. Returns
/// whether all are there. A host that is away is no error: `mops push` publishes later.
Result<bool> publish_tags(Env& env, Workspace& workspace, std::span<const std::string> tags);

}  // namespace mops::cli
