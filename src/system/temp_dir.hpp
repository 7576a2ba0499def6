// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <string>

namespace kpkg::system {

/// A directory that only its owner may enter and that goes away, with everything in it, when this object
/// does. As long as this process lives it is locked (flock(2)), so that others know it for one in use.
class TempDir {
 public:
  /// Makes `parent`/`prefix`XXXXXX; `parent` is made if it is absent.
  static Result<TempDir> create(const std::string& parent, const std::string& prefix);

  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::string& path() const { return path_; }

  /// Leaves the directory in place from now on.
  std::string keep();

 private:
  TempDir(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  Fd lock_;
};

/// Removes the directories that TempDir::create() made in `parent` for processes that were killed: those of
/// this prefix and of this user that nobody uses any more. An absent parent has none.
///
/// Errors: permission, io.
Status remove_abandoned(const std::string& parent, const std::string& prefix);

}  // namespace kpkg::system
