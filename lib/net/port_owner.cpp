#include "net/listener.h"

#include <array>
#include <cstdio>
#include <dirent.h>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace mops::net {

namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;
using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Inode of the socket that listens on `port`, by proc(5); 0: none.
unsigned long listening_inode(const char* table, uint16_t port) {
  const File file(std::fopen(table, "re"), &std::fclose);
  std::array<char, 512> line{};
  while (file && std::fgets(line.data(), line.size(), file.get())) {
    unsigned local = 0;
    unsigned state = 0;
    unsigned long inode = 0;
    const int read = std::sscanf(line.data(), " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %lu", &local, &state, &inode);
    constexpr unsigned k_listen = 0x0a;
    if (read == 3 && local == port && state == k_listen) return inode;
  }
  return 0;
}

bool has_descriptor(const std::string& process, const std::string& wanted) {
  const std::string path = process + "/fd";
  const Folder folder(::opendir(path.c_str()), &::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    std::array<char, 64> link{};
    const ssize_t size = ::readlink(fmt::format("{}/{}", path, entry->d_name).c_str(), link.data(), link.size());
    if (size > 0 && std::string_view(link.data(), static_cast<size_t>(size)) == wanted) return true;
  }
  return false;
}

}  // namespace

std::string owner_of_port(uint16_t port) {
  unsigned long inode = listening_inode("/proc/net/tcp", port);
  if (inode == 0) inode = listening_inode("/proc/net/tcp6", port);
  if (inode == 0) return {};
  const std::string wanted = fmt::format("socket:[{}]", inode);
  const Folder folder(::opendir("/proc"), &::closedir);
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const std::string_view id = entry->d_name;
    if (id.find_first_not_of("0123456789") != std::string_view::npos) continue;
    const std::string process = fmt::format("/proc/{}", id);
    if (!has_descriptor(process, wanted)) continue;
    std::array<char, 64> name{};
    const File file(std::fopen((process + "/comm").c_str(), "re"), &std::fclose);
    if (!file || !std::fgets(name.data(), name.size(), file.get())) return fmt::format("process {}", id);
    std::string_view text = name.data();
    if (text.ends_with('\n')) text.remove_suffix(1);
    return fmt::format("`{}` (process {})", text, id);
  }
  return {};
}

}  // namespace mops::net
