// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace kpkg::system {

/// Seconds since the epoch. A seam: tests give a fixed one.
using Clock = std::int64_t (*)();

std::int64_t seconds_now();

/// "2026-11-21 01:20:07 UTC".
std::string time_text(std::int64_t seconds);

}  // namespace kpkg::system
