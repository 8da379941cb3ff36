#pragma once

#include "model/manifest.h"
#include "target/environment.h"
#include "target/target.h"

#include <map>
#include <string>

namespace mops::target {

/// A version as it is to be served. Certification and platform start versions by the same order, so that what is measured is
/// what runs.
struct ServingOrder {
  std::string name;                                  ///< of the spec
  std::string key = {};                              ///< of the spec
  std::string owner = {};                            ///< of the spec
  const model::Manifest& manifest;
  const Environment& environment;
  PreparedEnvironment prepared;
  Digest payload;
  Path folder;                                       ///< the payload's files
  Path log;
  Variables variables;                               ///< of this process: only basic ones (PATH, HOME, locale, TMPDIR) reach the version
  std::map<std::string, std::string> configuration;  ///< what the stage sets, as process variables
};

VersionSpec serving_spec(const ServingOrder& order);

/// The variables that any program of a model starts from, before its environment adds to them.
Variables basic_variables(const Variables& of_this_process);

}  // namespace mops::target
