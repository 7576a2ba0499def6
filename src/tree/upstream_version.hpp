// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::tree {

/// The version of the sources that a kernel was built of, and who says so. It is not `uname -r`, which counts
/// what its distributor likes: 6.1.0-56-amd64 was built of 6.1.192.
struct UpstreamVersion {
  std::string version;  ///< "6.1.192", "6.13.0-rc3"
  std::string origin;   ///< for people: "/boot/config-6.1.0-56-amd64"

  bool operator==(const UpstreamVersion&) const = default;
};

/// The version in the first lines of a configuration, "# Linux/x86 6.1.192 Kernel Configuration"; nothing:
/// that line is not there.
/// Source: linux Kconfig, mainmenu "Linux/$(ARCH) $(KERNELVERSION) Kernel Configuration".
std::optional<std::string> version_in_configuration(std::string_view text);

/// The version of the package that Debian, and who builds as Debian does, writes behind the build's number in
/// a banner: 6.1.192-2 of "6.1.0-56-amd64 (…) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)"; nothing:
/// this banner has none. What a banner begins with is `uname -r` and tells nothing.
/// Source: linux init/version.c, linux_banner, and the images of Debian 11 to 14.
std::optional<std::string> package_version_in_banner(std::string_view banner);

/// The same without what is the packager's: 6.1.192.
std::optional<std::string> version_in_banner(std::string_view banner);

/// What the configuration says, else what the banner says.
///
/// Errors: not_found: neither says it.
Result<UpstreamVersion> upstream_version(std::string_view configuration, const std::string& origin,
                                         std::string_view banner);

/// KERNELVERSION of a source's top Makefile: VERSION.PATCHLEVEL.SUBLEVEL with EXTRAVERSION; nothing: it has
/// no such lines. Read as text: whoever wrote it does not get to run anything. Source: linux Makefile,
/// KERNELVERSION.
std::optional<std::string> version_in_makefile(std::string_view makefile);

/// The version of the kernel source in `directory` of the host.
///
/// Errors: invalid: it is no kernel source; permission, io.
Result<std::string> source_version(const std::string& directory);

/// A version without what a vendor put behind its numbers: 6.1.43 of "6.1.43-board".
std::string without_suffix(std::string_view version);

/// How near a source has to be to that of the kernel.
enum class Nearness {
  same_version,  ///< the whole version
  same_numbers,  ///< a vendor may have put something of his behind the three numbers
};

/// Refuses a source of any other version, if only of the next point release: their structs differ.
///
/// Errors: incompatible: names both versions.
Status check_source_version(const UpstreamVersion& wanted, const std::string& source_version,
                            const std::string& source, Nearness nearness = Nearness::same_version);

}  // namespace kpkg::tree
