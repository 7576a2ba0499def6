// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <string>

namespace kpkg::system {

/// A directory that only its owner may enter and that goes away, with everything in it, when this object
/// does.
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
  explicit TempDir(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace kpkg::system
