#include "base/version.h"

namespace mops {

const std::string& program_version() {
  static const std::string version = MOPS_VERSION;
  return version;
}

}  // namespace mops
