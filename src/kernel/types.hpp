// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::kernel {

/// The BTF of a kernel: what it says while it runs (/sys/kernel/btf/vmlinux), else what its image has;
/// nothing: it has none, or its image cannot be unpacked.
///
/// Errors: permission, io.
Result<std::optional<std::string>> read_types(const system::Root& root, const Kernel& kernel);

/// The BTF in an unpacked image, with sections or flat; nothing if there is none. Not checked: elf::Btf does.
/// Source: linux include/uapi/linux/btf.h, struct btf_header.
std::optional<std::string_view> types_in(std::string_view image);

}  // namespace kpkg::kernel
