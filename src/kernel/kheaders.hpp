// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::kernel {

/// The headers that a kernel was built with, as it carries them (CONFIG_IKHEADERS): include/ and
/// arch/ARCH/include with what was generated there, only files that end in .h, without their comments.
/// Source: linux kernel/gen_kheaders.sh, since 5.2 (43d8ce9d65a5, "Provide in-kernel headers to make
/// extending kernel easier").
struct Kheaders {
  std::string archive;  ///< a tar, uncompressed
  std::string origin;   ///< for people: "/lib/modules/6.12.23/kernel/kernel/kheaders.ko.xz"

  bool operator==(const Kheaders&) const = default;
};

/// Whether a kernel of this configuration carries its headers.
bool carries_headers(const Configuration& configuration);

/// Looks for them where the configuration says that they are: in /sys/kernel/kheaders.tar.xz if the kernel
/// runs, in the module kheaders.ko, in the image. Nothing: the kernel has none, or its module is not there.
///
/// Errors: corrupt: what should have them does not; permission, io.
Result<std::optional<Kheaders>> find_kheaders(const system::Root& root, const Kernel& kernel,
                                              const Configuration& configuration);

/// The archive of headers in the bytes of a module or a kernel, uncompressed both; nothing: there is none.
std::optional<std::string> embedded_headers(std::string_view bytes);

}  // namespace kpkg::kernel
