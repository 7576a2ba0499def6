// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.hpp"

namespace kpkg::cli {

/// What scripts may rely on (kpkg(8), EXIT STATUS). Invariant I9: these numbers never change.
inline constexpr int success_status = 0;
inline constexpr int failure_status = 1;
inline constexpr int nothing_to_do_status = 2;
inline constexpr int not_found_status = 3;
inline constexpr int incompatible_status = 4;
inline constexpr int usage_status = 64;

/// The exit status that stands for this kind of failure.
int exit_status_of(ErrorKind kind);

}  // namespace kpkg::cli
