#include "gateway/decision_log.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <vector>

namespace mops::gateway {
namespace {

/// The bound is kept by dropping whole files.
constexpr uint64_t k_files = 8;
constexpr std::string_view k_begin = "decisions-";
constexpr std::string_view k_end = ".jsonl";

struct LogFile {
  Path path;
  uint64_t size = 0;
};

/// The oldest first: names begin with the time. What cannot be read any more has been dropped by another gateway.
std::vector<LogFile> files_in(const Path& folder) {
  std::vector<LogFile> files;
  std::error_code problem;
  for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(k_begin) || !name.ends_with(k_end)) continue;
    std::error_code gone;
    const uint64_t size = at->file_size(gone);
    if (!gone) files.push_back({.path = at->path(), .size = size});
  }
  std::sort(files.begin(), files.end(), [](const LogFile& a, const LogFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

Result<DecisionLog> DecisionLog::open(Path folder, uint64_t most_bytes) {
  std::error_code problem;
  const bool is_new = std::filesystem::create_directories(folder, problem);
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
  if (problem) return fail(errno_error(fmt::format("cannot make the folder `{}` for decisions", folder.string()), problem.value()));
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return fail(errno_error(fmt::format("cannot write decisions to `{}`", folder.string()), errno));
  return DecisionLog(std::move(folder), most_bytes);
}

bool DecisionLog::append(std::string_view line) {
  if ((size_ > 0 && size_ + line.size() > most_bytes_ / k_files) || is_gone()) file_.reset();
  if (!file_ && !begin_file()) return false;
  size_t written = 0;
  while (written < line.size()) {
    const ssize_t now = ::write(file_.get(), line.data() + written, line.size() - written);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) break;
    written += static_cast<size_t>(now);
  }
  if (written == line.size()) {
    size_ += written;
    return true;
  }
  // What no truncation can take back is left behind in a file that ends there.
  if (written > 0 && ::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) file_.reset();
  return false;
}

bool DecisionLog::begin_file() {
  RealRandom random;
  name_ = folder_ / fmt::format("{}{}{}", k_begin, make_ulid(RealClock().now(), random), k_end);
  file_.reset(::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  size_ = 0;
  if (!file_) return false;
  drop_oldest();
  return true;
}

void DecisionLog::drop_oldest() {
  const std::vector<LogFile> files = files_in(folder_);
  uint64_t total = most_bytes_ / k_files;
  for (const LogFile& file : files) total += file.size;
  for (const LogFile& file : files) {
    if (total <= most_bytes_ || file.path == name_) break;
    total -= file.size;
    ::unlink(file.path.c_str());
  }
}

/// Somebody tidied the file away: nobody would find what is written there.
bool DecisionLog::is_gone() const {
  struct stat status {};
  return file_ && ::fstat(file_.get(), &status) == 0 && status.st_nlink == 0;
}

}  // namespace mops::gateway
