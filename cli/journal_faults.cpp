#include "cli/journal_faults.h"

namespace mops::cli {

std::vector<std::string> lines_about(std::span<const platform::JournalFault> faults) {
  std::vector<std::string> lines;
  for (const platform::JournalFault& fault : faults) {
    if (!fault.acknowledged) lines.push_back(fmt::format("! the journal is broken: {}", fault.message));
    else lines.push_back(fmt::format("the journal is broken: {}; {} acknowledged that at {}: {}", fault.message, fault.acknowledged->actor,
                                     to_rfc3339(fault.acknowledged->time), fault.acknowledged->reason));
  }
  if (platform::has_open_fault(faults)) {
    lines.emplace_back("  what it says about that time cannot be relied on, and the routes follow what it says now; everything goes on serving");
    lines.emplace_back("  promotions are refused until somebody has looked (`mops audit`, then `mops audit --acknowledge -m REASON`); rollback works");
  }
  return lines;
}

}  // namespace mops::cli
