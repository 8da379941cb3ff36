#include "base/mapped_file.h"

#include "base/file_descriptor.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace mops {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const std::string what = fmt::format("cannot read `{}`", path.string());
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail(errno_error(what, errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(errno_error(what, errno));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::invalid, what + ": it is no regular file", "copy it into a file first");
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return MappedFile({});
  void* begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.get(), 0);
  if (begin == MAP_FAILED) return fail(errno_error(what, errno));
  return MappedFile({static_cast<const char*>(begin), size});
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace mops
