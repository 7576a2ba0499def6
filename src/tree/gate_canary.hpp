// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tree/gates.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

// Private to tree/: the gate that builds modules of the kernel again.

/// The sections in which two modules differ that the kernel loads into memory, by name. What tells of the
/// build and not of the source is left out: versions and modinfo, which come with all other modules, notes
/// and BTF.
std::vector<std::string> differing_sections(std::string_view built, std::string_view shipped);

/// Builds some of the kernel's own modules in its source, and compares code and data. Only the compiler that
/// built the kernel makes the same code.
///
/// Errors: interrupted; no_space; permission, io.
Result<Point> prove_by_canary(const Subject& subject, Reconstruction& reconstruction);

}  // namespace kpkg::tree
