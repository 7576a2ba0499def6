// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/made_part.hpp"
#include "tree/means.hpp"

#include <string>

namespace kpkg::tree {

/// Private to tree/: compiles the program `tool` of a private copy for this machine, of the source that the
/// tree has of it. Never by `make scripts`: in a tree without Kconfig files that deletes autoconf.h.
///
/// What the program must know of the kernel's machine (elfconfig.h, devicetable-offsets.h) stays as it is.
/// Source: linux scripts/basic/Makefile, scripts/mod/Makefile, scripts/genksyms/Makefile.
/// Errors: interrupted; no_space, permission, io.
Result<MadePart> make_host_tool(const Subject& subject, const std::string& copy, const std::string& tool,
                                const Means& means);

}  // namespace kpkg::tree
