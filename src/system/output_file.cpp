// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/output_file.hpp"

#include "system/file.hpp"

#include <fcntl.h>

#include <cerrno>

namespace kpkg::system {

Result<Fd> create_output_file(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) KPKG_TRY(make_directories(path.substr(0, slash)));
  // Removed first: an old log may be open elsewhere, or be a link.
  KPKG_TRY(remove_all(path));
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644));
  if (!file.is_open()) return fail(system_error(errno, "cannot make the file " + path));
  return file;
}

}  // namespace kpkg::system
