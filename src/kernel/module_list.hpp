// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/, tree/ and workflow/: which modules a kernel has.

/// Whether a file of this name is a module, compressed or not.
bool is_module_name(std::string_view name);

/// The names in modules.dep, or without it in modules.order, that are below kernel/, sorted. The files need
/// not be there. modules.dep comes first: it has the suffix of compression, and only what depmod found.
Result<std::vector<std::string>> listed_modules(const system::Root& root,
                                                const std::string& module_directory);

/// The modules on disk below kernel/, sorted, as names below the module directory.
Result<std::vector<std::string>> present_modules(const system::Root& root,
                                                 const std::string& module_directory);

/// Whether there is any module below kernel/; looks no further than to the first.
Result<bool> has_module(const system::Root& root, const std::string& module_directory);

}  // namespace kpkg::kernel
