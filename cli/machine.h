#pragma once

#include "base/file_system.h"
#include "base/folder_lock.h"
#include "evidence/certificate.h"

#include <stop_token>

namespace mops::cli {

/// Load of this machine over the last minute (/proc/loadavg); 0 where that cannot be read.
double load_of_machine(FileSystem& files);

/// What a measurement was made on: this machine's processor, and the cores and memory that this process is granted (affinity, control group).
evidence::MeasuredOn describe_machine(FileSystem& files, double load_before);

/// Waits until no other certification on this machine sends a load, and keeps the others waiting for as long as the result lives.
/// Empty where the lock cannot be had at all (`folder`, the same for all, cannot be made or is closed to us). Error: interrupted.
Result<FolderLock> take_machine(FileSystem& files, const std::stop_token& stop, const Path& folder = "/tmp/mops-load");

}  // namespace mops::cli
