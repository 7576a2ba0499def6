// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/file_system.hpp"

#include <sys/statvfs.h>

#include <cerrno>

namespace kpkg::system {

Result<FileSystem> file_system_of(const std::string& path) {
  struct statvfs raw {};
  if (::statvfs(path.c_str(), &raw) != 0)
    return fail(system_error(errno, "cannot ask for the file system of " + path));
  return FileSystem{.free_bytes = static_cast<std::uint64_t>(raw.f_bavail) * raw.f_frsize,
                    .is_read_only = (raw.f_flag & ST_RDONLY) != 0,
                    .runs_programs = (raw.f_flag & ST_NOEXEC) == 0};
}

}  // namespace kpkg::system
