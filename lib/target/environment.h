#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/file_system.h"
#include "base/process.h"
#include "document/document.h"

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::target {

/// An official environment: what a model runs in, as data (`environment/v1`, see templates/environments). Nothing of it is
/// known to the code. In `create` and `path`, `{prefix}` is the environment's folder and `{lock}` the lock file.
struct Environment {
  std::string name;
  std::string language = {};
  std::string description = {};
  std::optional<SystemTime> expires = {};              ///< the end of its last day
  std::vector<std::string> lock_files = {};            ///< usual names of the lock file, the first is the default
  std::vector<std::string> interpreter = {};           ///< prints what else the environment depends on; may be empty
  std::vector<std::vector<std::string>> create = {};   ///< empty: there is nothing to create
  std::vector<std::string> path = {};
  std::map<std::string, std::string> variables = {};
  std::vector<std::string> network = {};               ///< process variables that creation is given besides the basic ones
  std::string help = {};                               ///< what to do when the network is not there
};

/// Error: invalid, as `path:line:col: what`.
Result<Environment> read_environment(const document::Document& document);

/// "x86_64 glibc 2.36": what built libraries depend on.
std::string platform_name();

/// Two environments with the same key are the same folder.
Digest environment_key(const Environment& environment, const std::optional<Digest>& lock, std::string_view interpreter,
                       std::string_view platform);

/// Where an environment was made. `prefix` is empty when there was nothing to create.
struct PreparedEnvironment {
  Path prefix = {};
  Digest key = {};
};

/// What to make and where. `lock_file` may be empty for an environment without one; `folder` holds all environments.
struct EnvironmentOrder {
  const Environment& environment;
  Path lock_file = {};
  Path folder;
  Variables variables;  ///< of this process; only basic ones and those named by the environment reach its commands
};

/// Creates the environment unless it is there. Two processes never create the same one: the second waits, and says for whom.
/// What a killed run left is removed and made again; what fails or is interrupted leaves nothing. `progress` receives what
/// the commands print, in whole lines, without credentials in URLs.
/// Errors: not_found (lock file, program), refused (a command failed), outside (disk full; package index unreachable: one
/// error that says so), interrupted.
Result<PreparedEnvironment> ensure_environment(const EnvironmentOrder& order, FileSystem& files, const OutputSink& progress = {},
                                               std::stop_token stop = {});

/// `base` with the environment's `path` in front of PATH, and its variables: for everything that runs in it.
Variables run_variables(const Environment& environment, const Path& prefix, const Variables& base);

}  // namespace mops::target
