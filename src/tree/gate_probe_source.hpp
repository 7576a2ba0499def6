// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace kpkg::tree {

// Private to tree/.

/// Which headers a probe includes.
enum class ProbeHeaders { all, only_module };

/// The source of a module that does nothing and whose debug information has the structs that drivers use.
///
/// A type gets into it by a variable that points to it. What a kernel does not have is left out:
/// `__has_include` for headers, and a struct that is only declared has no members to compare.
std::string probe_source(ProbeHeaders probe_headers);

}  // namespace kpkg::tree
