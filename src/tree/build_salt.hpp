// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::tree {

/// CONFIG_BUILD_SALT in the ELF notes of a module, in the byte order of this machine; nothing: there is none,
/// or it is empty.
/// Source: linux include/linux/build-salt.h: owner "Linux", type 0x100, text with its NUL; commit
/// 9afb719e7398, "kbuild: Add build salt to the kernel and modules" (4.19).
std::optional<std::string> salt_in(std::string_view notes);

/// The salt of the first of a kernel's own modules that can be read. Distributions leave it out of the
/// configuration that they ship, though it is in every module.
///
/// Errors: permission, io: the directory cannot be read.
Result<std::optional<std::string>> salt_of_modules(const system::Root& root,
                                                   const std::string& module_directory);

}  // namespace kpkg::tree
