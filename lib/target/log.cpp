#include "target/log.h"

#include "base/file_descriptor.h"
#include "base/text.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace mops::target {
namespace {

constexpr uint64_t k_largest_end = 1 << 20;
constexpr size_t k_longest_line = 2000;
constexpr std::chrono::milliseconds k_look_again{50};

FileDescriptor open_log(const Path& log) { return FileDescriptor(::open(log.c_str(), O_RDONLY | O_CLOEXEC)); }

uint64_t size_of(int file) {
  struct stat st {};
  return ::fstat(file, &st) == 0 ? static_cast<uint64_t>(st.st_size) : 0;
}

/// Up to k_largest_end bytes that end at `end`.
std::string read_end(int file, uint64_t end) {
  std::string text(std::min(end, k_largest_end), '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::pread(file, text.data() + size, text.size() - size, static_cast<off_t>(end - text.size() + size));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<size_t>(n);
  }
  text.resize(size);
  return text;
}

/// Where the last `count` lines begin.
size_t begin_of_lines(std::string_view text, size_t count) {
  if (count == 0) return text.size();
  size_t at = text.ends_with('\n') ? text.size() - 1 : text.size();
  for (; count > 0; --count) {
    const size_t line_end = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    if (line_end == std::string_view::npos) return 0;
    at = line_end;
  }
  return at + 1;
}

bool was_replaced(int file, const Path& log) {
  struct stat mine {};
  struct stat present {};
  if (::fstat(file, &mine) != 0 || ::stat(log.c_str(), &present) != 0) return false;
  return mine.st_ino != present.st_ino || mine.st_dev != present.st_dev;
}

/// Gives what lies between `from` and the present end to the sink; returns the new place.
Result<uint64_t> give_new(int file, uint64_t from, const Path& log, const OutputSink& sink) {
  std::array<char, 16384> buffer;
  // Somebody emptied it: what is in it now is new.
  if (size_of(file) < from) from = 0;
  while (true) {
    const ssize_t n = ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(from));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_error(fmt::format("cannot read `{}`", log.string()), errno));
    if (n == 0) return from;
    sink(std::string_view(buffer.data(), static_cast<size_t>(n)), false);
    from += static_cast<uint64_t>(n);
  }
}

}  // namespace

std::vector<std::string> last_lines(const Path& log, size_t count) {
  const FileDescriptor file = open_log(log);
  if (!file) return {};
  const std::string text = read_end(file.get(), size_of(file.get()));
  std::vector<std::string> lines;
  std::string_view rest = std::string_view(text).substr(begin_of_lines(text, count));
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  if (rest.empty()) return {};
  for (std::string_view line : split(rest, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line.substr(0, k_longest_line));
  }
  return lines;
}

std::string start_mark(const std::string& name, uint16_t port) { return fmt::format("--- mops starts {} on port {}", name, port); }

std::vector<std::string> own_lines(const Instance& instance, size_t count) {
  std::vector<std::string> lines = last_lines(instance.log, count + 1);
  const std::string mark = start_mark(instance.name, instance.port);
  for (size_t i = lines.size(); i-- > 0;) {
    if (lines[i] != mark) continue;
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  if (lines.size() > count) lines.erase(lines.begin());
  return lines;
}

Result<void> show_log(const Path& log, const LogRequest& request, const OutputSink& sink, std::stop_token stop) {
  const bool follows = request.follow == LogRequest::Follow::yes;
  FileDescriptor file = open_log(log);
  if (!file && !(follows && errno == ENOENT)) return fail(errno_error(fmt::format("cannot read the log `{}`", log.string()), errno));
  uint64_t place = 0;
  if (file) {
    place = size_of(file.get());
    const std::string text = read_end(file.get(), place);
    const std::string_view shown = std::string_view(text).substr(begin_of_lines(text, request.last_lines));
    if (!shown.empty()) sink(shown, false);
  }
  while (follows && !stop.stop_requested()) {
    if (file) {
      // Looked at before reading: what was written before the rotation is read to its end first.
      const bool replaced = was_replaced(file.get(), log);
      MOPS_ASSIGN(place, give_new(file.get(), place, log, sink));
      if (replaced) file.reset();
    }
    if (!file) {
      file = open_log(log);
      place = 0;
      if (file) continue;
    }
    std::this_thread::sleep_for(k_look_again);
  }
  return {};
}

void rotate_log(const Path& log, uint64_t limit) {
  struct stat st {};
  if (::stat(log.c_str(), &st) != 0 || static_cast<uint64_t>(st.st_size) <= limit) return;
  ::rename(log.c_str(), (log.string() + ".1").c_str());
}

}  // namespace mops::target
