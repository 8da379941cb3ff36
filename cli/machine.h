#pragma once

#include "base/file_system.h"
#include "evidence/certificate.h"

namespace mops::cli {

/// Load of this machine over the last minute (/proc/loadavg); 0 where that cannot be read.
double load_of_machine(FileSystem& files);

/// What a measurement was made on: this machine's processor, and the cores and memory that this process is granted (affinity, control group).
evidence::MeasuredOn describe_machine(FileSystem& files, double load_before);

}  // namespace mops::cli
