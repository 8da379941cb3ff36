#include "base/real_file_system.h"

#include "base/file_descriptor.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace mops {
namespace {

std::string quoted(std::string_view verb, const Path& path) { return fmt::format("cannot {} `{}`", verb, path.string()); }

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::file;
  if (S_ISDIR(mode)) return FileKind::directory;
  if (S_ISLNK(mode)) return FileKind::symlink;
  return FileKind::other;
}

Result<void> write_all(int fd, std::string_view content, const Path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_error(quoted("write", path), errno));
    content.remove_prefix(static_cast<size_t>(n));
  }
  return {};
}

}  // namespace

Result<std::string> RealFileSystem::read(const Path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(errno_error(quoted("read", path), errno));
  struct stat st {};
  if (::fstat(file.get(), &st) != 0) return fail(errno_error(quoted("read", path), errno));
  if (S_ISDIR(st.st_mode)) return fail(errno_error(quoted("read", path), EISDIR));
  std::string content;
  // One byte more than the size, so that a file that did not change ends with one short read.
  content.resize(static_cast<size_t>(st.st_size) + 1);
  size_t size = 0;
  while (true) {
    const ssize_t n = ::read(file.get(), content.data() + size, content.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_error(quoted("read", path), errno));
    size += static_cast<size_t>(n);
    // Of a file that has a size less than was asked for is all; a pipe, a device or a file of /proc may have more.
    if (n == 0 || (st.st_size > 0 && size < content.size())) break;
    if (size == content.size()) content.resize(content.size() * 2);
  }
  content.resize(size);
  return content;
}

Result<void> RealFileSystem::write(const Path& path, std::string_view content, uint32_t mode) {
  const Path temporary = path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), ::getpid());
  FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file) return fail(errno_error(quoted("write", path), errno));
  auto written = write_all(file.get(), content, path);
  if (written && ::fchmod(file.get(), mode) != 0) written = fail(errno_error(quoted("write", path), errno));
  if (written && ::fsync(file.get()) != 0) written = fail(errno_error(quoted("write", path), errno));
  file.reset();
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = fail(errno_error(quoted("write", path), errno));
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<FileStatus> RealFileSystem::status(const Path& path) {
  struct stat st {};
  if (::lstat(path.c_str(), &st) != 0) return fail(errno_error(quoted("look at", path), errno));
  return FileStatus{.kind = kind_of(st.st_mode), .size = static_cast<uint64_t>(st.st_size), .executable = (st.st_mode & S_IXUSR) != 0,
                    .mode = static_cast<uint32_t>(st.st_mode & 07777)};
}

Result<std::vector<DirectoryEntry>> RealFileSystem::list(const Path& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), ::closedir);
  if (!directory) return fail(errno_error(quoted("list", path), errno));
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) {
      if (errno != 0) return fail(errno_error(quoted("list", path), errno));
      break;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (entry->d_type != DT_UNKNOWN) {
      entries.push_back({.name = std::string(name), .kind = kind_of(DTTOIF(entry->d_type))});
      continue;
    }
    // Some file systems keep the kind with the file alone.
    const auto found = status(path / name);
    // Removed by somebody else between the two calls.
    if (!found && found.error().code == ErrorCode::not_found) continue;
    if (!found) return fail(found.error());
    entries.push_back({.name = std::string(name), .kind = found->kind});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<void> RealFileSystem::make_directories(const Path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(errno_error(quoted("create folder", path), error.value()));
  return {};
}

Result<void> RealFileSystem::rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail(errno_error(fmt::format("cannot rename `{}` to `{}`", from.string(), to.string()), errno));
  return {};
}

Result<void> RealFileSystem::remove(const Path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return fail(errno_error(quoted("remove", path), error.value()));
  return {};
}

Result<std::string> RealFileSystem::read_link(const Path& path) {
  std::error_code error;
  const Path target = std::filesystem::read_symlink(path, error);
  if (error) return fail(errno_error(quoted("read link", path), error.value()));
  return target.string();
}

bool exists(FileSystem& files, const Path& path) { return files.status(path).has_value(); }

}  // namespace mops
