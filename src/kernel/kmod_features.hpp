// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: what the tools of a root do with compressed modules.

/// The suffixes of compressed files that the modprobe of the root unpacks ("xz", "zst"), or nothing: it has
/// no kmod, or one that does not say.
///
/// The program is read and not run: the root may be one for another machine. Source: kmod tools/kmod.c, the
/// line of features that `kmod --version` prints; Debian's of bookworm has no ZLIB.
Result<std::optional<std::vector<std::string>>> modprobe_unpacks(const system::Root& root);

/// The same, from the bytes of the program kmod.
std::optional<std::vector<std::string>> features_of_kmod(std::string_view program);

/// The suffix for the kernel's word in /sys/module/compression: "gzip" is "gz"; empty: it has none.
std::string suffix_of(std::string_view algorithm);

}  // namespace kpkg::kernel
