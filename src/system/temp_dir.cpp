// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/temp_dir.hpp"

#include "system/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace kpkg::system {
namespace {

Fd opened_directory(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Whether the directory still has that name, and is ours.
bool is_at(const Fd& directory, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(directory.get(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev && opened.st_uid == ::geteuid();
}

enum class Locking { done, taken, unsupported };

Locking lock(const Fd& directory) {
  if (::flock(directory.get(), LOCK_EX | LOCK_NB) == 0) return Locking::done;
  return errno == EWOULDBLOCK ? Locking::taken : Locking::unsupported;
}

}  // namespace

Result<TempDir> TempDir::create(const std::string& parent, const std::string& prefix) {
  constexpr int most_tries = 16;
  KPKG_TRY(make_directories(parent));
  for (int count = 0; count < most_tries; ++count) {
    std::string path = parent + "/" + prefix + "XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
      return fail(system_error(errno, "cannot make a directory in " + parent));
    auto directory = opened_directory(path);
    // Between the two it may have been taken for one that was left behind.
    const bool is_ours = directory.is_open() && lock(directory) != Locking::taken && is_at(directory, path);
    if (is_ours) return TempDir(std::move(path), std::move(directory));
    drop(remove_all(path), "whoever took it for abandoned removes it");
  }
  return fail(ErrorKind::io, "directories that are made in " + parent + " go away at once");
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) drop(remove_all(path_), "the directory is temporary; gc removes what is left");
}

std::string TempDir::keep() {
  lock_.reset();
  return std::exchange(path_, {});
}

Status remove_abandoned(const std::string& parent, const std::string& prefix) {
  const auto entries = KPKG_TRY(list_directory(parent));
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (entry.type != FileType::directory || !entry.name.starts_with(prefix)) continue;
    const auto path = parent + "/" + entry.name;
    const auto directory = opened_directory(path);
    if (directory.is_open() && lock(directory) == Locking::done && is_at(directory, path))
      KPKG_TRY(remove_all(path));
  }
  return {};
}

}  // namespace kpkg::system
