// SPDX-License-Identifier: GPL-2.0-or-later
// What libFuzzer calls.
#include "fuzz/target.hpp"

#include <cstddef>
#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  kpkg::fuzz::read({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
