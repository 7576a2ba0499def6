// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/made_part.hpp"
#include "tree/means.hpp"

#include <string>

namespace kpkg::tree {

/// Private to tree/: puts the linker script `name` into a private copy, as its own source makes it, else as
/// another header tree of the same version for the same machine has it.
///
/// Source: linux scripts/Makefile.build, cmd_cpp_lds_S. Errors: interrupted; no_space, permission, io.
Result<MadePart> make_linker_script(const Subject& subject, const std::string& copy, const std::string& name,
                                    const Means& means);

}  // namespace kpkg::tree
