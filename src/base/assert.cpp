// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/assert.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace kpkg {

void assertion_failed(const char* condition, const char* file, int line) {
  fmt::print(stderr, "kpkg: defect in kpkg itself: {} does not hold ({}:{})\n", condition, file, line);
  std::abort();
}

}  // namespace kpkg
