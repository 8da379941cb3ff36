#pragma once

#include "cli/env.h"
#include "cli/option.h"
#include "load/load.h"
#include "load/rate_search.h"

#include <optional>
#include <string>
#include <vector>

namespace mops::cli {

/// The words with which a person describes a load.
struct LoadOptions {
  std::string url;
  std::optional<double> rate;
  std::optional<double> connections;
  std::string duration = "10s";
  std::string warm_up = "0s";
  std::string timeout = "10s";
  std::string arrivals = "constant";
  int64_t seed = 1;
  std::optional<std::string> method;
  std::vector<std::string> headers;
  std::vector<std::string> bodies;
  bool find_rate = false;
  std::optional<std::string> p99;

  /// The same as options of a verb, bound to these members.
  std::vector<Option> options();
  /// Reads the files of bodies. Errors: usage, not_found.
  [[nodiscard]] Result<load::LoadPlan> plan(Env& env) const;
  /// What the search for a rate is about; nothing when there is none. Error: usage.
  [[nodiscard]] Result<std::optional<load::RateLimit>> rate_limit() const;
};

}  // namespace mops::cli
