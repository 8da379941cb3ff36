#pragma once

#include "cli/evidence_folder.h"
#include "model/compatibility.h"
#include "model/version.h"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace mops::cli {

std::string notes_path(const model::Version& version);

/// An earlier version of a model, as far as this repository knows it.
struct EarlierVersion {
  model::Version version;
  std::optional<repository::ObjectId> commit;   ///< of its tag; absent: the tag is not here
  std::optional<model::Manifest> manifest;      ///< at that commit, where it can be read
  std::optional<evidence::Certificate> certificate;
};

/// `certificates`: all that are here. Of the version counts the one that its notes name, else the one that its tag names.
/// `read_notes` gives the text of a file of notes; nullopt: there is none.
EarlierVersion find_earlier(Workspace& workspace, const std::string& name, const model::Version& version, std::span<const FoundCertificate> certificates,
                            const std::function<std::optional<std::string>(const std::string& path)>& read_notes);

/// The newest release before `version` that is no pre-release; nullopt: there is none here.
Result<std::optional<model::Version>> newest_release_below(Workspace& workspace, const std::string& name, const model::Version& version);

}  // namespace mops::cli
