// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// Which of `texts` stand somewhere in `bytes`, in the order of `texts`. One pass over the bytes for all of
/// them; the longer the shortest text, the quicker. An empty text is in all bytes.
/// Source: Wu and Manber, "A fast algorithm for multi-pattern searching", 1994.
std::vector<bool> contains_each(std::string_view bytes, std::span<const std::string_view> texts);

}  // namespace kpkg::elf
