// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/kheaders.hpp"
#include "tree/kbuild.hpp"
#include "tree/means.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What was done to a source that got the headers that its kernel carries. Paths are relative to its top.
struct Graft {
  std::string origin;                 ///< where the headers were: "/sys/kernel/kheaders.tar.xz"
  std::size_t compared = 0;           ///< headers that the kernel carries and that nothing generated
  std::vector<std::string> replaced;  ///< sorted; those that said something else, or were not there
  std::vector<std::string> removed;   ///< sorted; those that the kernel does not have

  bool operator==(const Graft&) const = default;
};

// The rest is private to tree/.

/// The text of a header as the kernel carries it: comments are taken out, but for those that name a licence.
/// Source: linux kernel/gen_kheaders.sh, the perl expression.
std::string without_comments(std::string_view header);

/// Unpacks the headers that a kernel carries to `place` of the host, absent yet.
///
/// Errors: corrupt: damaged or hostile; incompatible: they are of another release, or were configured
/// otherwise than the kernel; no_space, permission, io.
Status unpack_kheaders(const Subject& subject, const kernel::Kheaders& kheaders, const std::string& place);

/// Gives a source of the host the headers in `place`, which are taken from there. A header that differs in
/// its comments alone stays, so that code that names its own lines comes out as the kernel's. Files are
/// replaced, never written to: they may have other names elsewhere.
///
/// Errors: no_space, permission, io.
Result<Graft> graft_headers(const std::string& place, const std::string& source,
                            std::string_view arch_directory);

/// The directory below the objects in which what is left in `place` waits for take_generated().
constexpr const char* generated_headers = "kernel-headers";

/// Puts what the kernel's build generated in place of what was generated here, and the kernel's configuration
/// in place of what this source made of it: `configuration` is its text.
///
/// Errors: those of Kbuild::run; build_failed: a program failed.
Status take_generated(Kbuild& kbuild, std::string_view arch_directory, const std::string& configuration);

}  // namespace kpkg::tree
