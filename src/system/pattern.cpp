// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/pattern.hpp"

#include <fnmatch.h>

namespace kpkg::system {

bool matches_pattern(const std::string& name, const std::string& pattern) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_EXTMATCH) == 0;
}

}  // namespace kpkg::system
