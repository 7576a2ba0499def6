// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::kernel {

// Private to kernel/: files that hold a kernel.

/// The image of `release`: by its name in /boot or in the module directory, else a file without a version in
/// its name (Armbian's /boot/Image) that carries this release.
Result<std::optional<std::string>> find_image(const system::Root& root, const std::string& release,
                                              const std::string& module_directory);

/// What a kernel image says of itself: "6.1.0-56-amd64 (debian-kernel@lists.debian.org) #1 SMP …"; empty if
/// that is not readable without unpacking the image.
/// Source: linux Documentation/arch/x86/boot.rst, kernel_version; linux init/version.c, linux_banner.
std::string_view banner(std::string_view image);

}  // namespace kpkg::kernel
