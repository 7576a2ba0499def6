// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

namespace kpkg::system {

/// Whether the user or the system asked this process to stop (SIGINT, SIGTERM, SIGHUP).
///
/// begin() blocks those that the caller does not ignore for the whole process; from then on they are a
/// readable descriptor (signalfd) that stays readable, so every thread sees it. Children get their own signal
/// mask back (process.cpp).
class Interruption {
 public:
  /// Call in main before any thread starts.
  static Status begin();

  /// True once a stop was asked for; false in programs that never began (tests).
  static bool is_pending();

  /// A descriptor for poll(2) that is readable once a stop was asked for, or -1.
  static int descriptor();
};

}  // namespace kpkg::system
