// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace kpkg::build {

// Private to build/: sources that were once built, and packed with what came out.

/// Which of the names in one directory are products of an earlier build: objects and modules, kbuild's
/// records
/// (.NAME.cmd, .mod, .mod.c, modules.order, Module.symvers, .tmp_versions).
///
/// An object without source and without record is kept: vendors ship parts of their drivers that way.
/// Source: linux Makefile, the `clean` target of external modules.
std::vector<std::string> stale_products(std::span<const std::string> names);

/// Removes the products of earlier builds below `directory`; how many there were.
Result<std::size_t> drop_stale_products(const std::string& directory);

}  // namespace kpkg::build
