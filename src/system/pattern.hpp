// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace kpkg::system {

/// Whether `name` is one that a shell's pattern stands for: `*`, `?`, `[a-c]`, and bash's `+(…)`, `@(…)`,
/// `!(…)`, `?(…)` and
/// `*(…)`. A dot at the beginning must stand in the pattern too.
///
/// Source: fnmatch(3), FNM_EXTMATCH and FNM_PERIOD; bash(1), "Pattern Matching", extglob.
bool matches_pattern(const std::string& name, const std::string& pattern);

}  // namespace kpkg::system
