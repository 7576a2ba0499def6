// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// The drivers inside an unpacked kernel that have a directory in /sys/module for the sake of a parameter:
/// what stands before the dot of each parameter that is not hidden (whose permissions are not 0), sorted.
/// Nothing: it has no table of parameters that can be read.
/// `architecture` is that of its modules; an image with sections tells its own.
///
/// Pure, and linear in the size of the image. Source: linux kernel/params.c, param_sysfs_builtin(), of 4.9
/// to 7.3.
std::optional<std::vector<std::string>> owners_of_parameters(std::string_view image,
                                                             const Architecture& architecture);

}  // namespace kpkg::elf
