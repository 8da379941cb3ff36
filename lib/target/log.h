#pragma once

#include "base/process.h"
#include "base/result.h"
#include "target/target.h"

#include <stop_token>
#include <string>
#include <vector>

namespace mops::target {

/// The last `count` lines of a log, oldest first, without line ends; of a log that is not there none. Reads only its end
/// (at most 1 MB); lines are cut after 2000 bytes.
std::vector<std::string> last_lines(const Path& log, size_t count);

/// The line that precedes what an instance prints.
std::string start_mark(const std::string& name, uint16_t port);
/// The last lines that this instance printed, at most `count`, without those of earlier ones in the same log.
std::vector<std::string> own_lines(const Instance& instance, size_t count);

/// Gives the end of the log to `sink`; with `follow` also what comes later, also through a rotation, until `stop`. A log that
/// is not there yet is waited for. Error: not_found (without `follow`), outside.
Result<void> show_log(const Path& log, const LogRequest& request, const OutputSink& sink, std::stop_token stop);

/// Renames a log of more than `limit` bytes to `LOG.1` (over an older one).
void rotate_log(const Path& log, uint64_t limit);

}  // namespace mops::target
