#pragma once

#include "load/load.h"

#include <optional>
#include <string>

namespace mops::load {

/// What the calling thread has had of the machine.
struct GeneratorUsage {
  double cpu_seconds = 0;
  double starved_seconds = 0;  ///< it could have run, and no core was free; 0 where the kernel does not tell

  static GeneratorUsage of_this_thread();
  friend GeneratorUsage operator-(const GeneratorUsage& a, const GeneratorUsage& b) {
    return {.cpu_seconds = a.cpu_seconds - b.cpu_seconds, .starved_seconds = a.starved_seconds - b.starved_seconds};
  }
};

/// Why a report says more about the generator than about the server, or nothing: it was busy or starved nearly always, so that
/// the server may be able to do more; or it was late so often that the percentiles show it.
std::optional<std::string> limit_of_generator(const LoadReport& report, const GeneratorUsage& used, double wall_seconds);

}  // namespace mops::load
