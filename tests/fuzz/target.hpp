// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::fuzz {

// What each target defines; libFuzzer and the replay run the same.

/// Sound inputs, made by code, from which all others are bred.
std::vector<std::string> seeds();

/// Gives `bytes` to the reader under test, which must come back whatever they are.
void read(std::string_view bytes);

}  // namespace kpkg::fuzz
