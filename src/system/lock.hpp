// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace kpkg::system {

/// The right of one process at a time to change something; given up when the object, or the process, ends
/// (flock(2)).
class Lock {
 public:
  /// Waits up to `patience` for the lock file, calling `on_wait` once if it must wait at all.
  ///
  /// Errors: locked: still taken after `patience`; interrupted: the user gave up waiting.
  static Result<Lock> acquire(const std::string& path, std::chrono::milliseconds patience,
                              const std::function<void()>& on_wait);

  /// Whether somebody has the lock at `path` now. Changes nothing; a file that is absent is no lock. Whoever
  /// asks for the lock in this very moment may have to ask twice.
  ///
  /// Errors: permission, io.
  static Result<bool> is_held(const std::string& path);

 private:
  explicit Lock(Fd file) : file_(std::move(file)) {}

  Fd file_;
};

}  // namespace kpkg::system
