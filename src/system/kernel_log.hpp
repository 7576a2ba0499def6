// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <string>
#include <vector>

namespace kpkg::system {

/// The messages of the running kernel, from a point in time on. Owns the place up to which they were read.
class KernelLog {
 public:
  enum class From { oldest, now };

  /// Errors: permission: the caller may not read it; not_found: there is none, as in a container.
  /// Source: linux Documentation/ABI/testing/dev-kmsg.
  static Result<KernelLog> open(From from, const std::string& path = "/dev/kmsg");

  /// The messages that came since the last call, oldest first, each without its time and priority.
  Result<std::vector<std::string>> read() const;

 private:
  explicit KernelLog(Fd file) : file_(std::move(file)) {}

  Fd file_;
};

}  // namespace kpkg::system
