// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// The drivers inside an unpacked kernel that have a directory in /sys/module for the sake of a parameter:
/// what stands before the dot of each parameter that is not hidden (whose permissions are not 0), sorted.
/// Nothing: the image has no sections, or no table of parameters that can be read.
///
/// Pure, and linear in the size of the image. Source: linux include/linux/moduleparam.h, struct kernel_param;
/// kernel/params.c, param_sysfs_builtin(), of 4.9 to 7.3.
std::optional<std::vector<std::string>> owners_of_parameters(std::string_view image);

}  // namespace kpkg::elf
