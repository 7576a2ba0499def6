// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/temp_dir.hpp"

#include "system/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace kpkg::system {

Result<TempDir> TempDir::create(const std::string& parent, const std::string& prefix) {
  KPKG_TRY(make_directories(parent));
  std::string path = parent + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return fail(system_error(errno, "cannot make a directory in " + parent));
  return TempDir(std::move(path));
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) drop(remove_all(path_), "the directory is temporary; gc removes what is left");
}

std::string TempDir::keep() {
  return std::exchange(path_, {});
}

}  // namespace kpkg::system
