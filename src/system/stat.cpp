// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/stat.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace kpkg::system {
namespace {

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::regular;
  if (S_ISDIR(mode)) return FileType::directory;
  if (S_ISLNK(mode)) return FileType::link;
  return FileType::other;
}

}  // namespace

FileStatus from_stat(const struct stat& raw) {
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return FileStatus{.type = type_of(raw.st_mode),
                    .size = static_cast<std::uint64_t>(raw.st_size),
                    .mode = raw.st_mode & 07777U,
                    .owner = raw.st_uid,
                    .modified_ns = raw.st_mtim.tv_sec * nanoseconds + raw.st_mtim.tv_nsec,
                    .device = raw.st_dev,
                    .inode = raw.st_ino};
}

Status sync_directory(const std::string& path) {
  const Fd directory(::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return fail(system_error(errno, "cannot open " + path));
  // Some file systems (overlay on old kernels, FUSE) cannot sync a directory and say EINVAL: nothing better
  // exists there.
  if (::fsync(directory.get()) != 0 && errno != EINVAL)
    return fail(system_error(errno, "cannot sync " + path));
  return {};
}

}  // namespace kpkg::system
