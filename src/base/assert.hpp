// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace kpkg {

/// Prints where kpkg itself is wrong and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace kpkg

/// States what must hold whatever the input was; a failure is a defect of kpkg. A macro for the text and the
/// place.
#define KPKG_ASSERT(condition)                         \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::kpkg::assertion_failed(#condition, __FILE__, __LINE__))
