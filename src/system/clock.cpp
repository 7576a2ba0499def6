// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/clock.hpp"

#include <fmt/chrono.h>

#include <chrono>

namespace kpkg::system {

std::int64_t seconds_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
}

std::string time_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace kpkg::system
