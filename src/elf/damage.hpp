// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace kpkg::elf {

/// Ends a reader: the failure `corrupt`, with what to do about a damaged module.
[[nodiscard]] tl::unexpected<Error> damaged(std::string message);

/// Whether `size` bytes from `offset` lie within `total`; right for every value, however large.
constexpr bool fits(std::uint64_t offset, std::uint64_t size, std::uint64_t total) {
  return offset <= total && size <= total - offset;
}

}  // namespace kpkg::elf
