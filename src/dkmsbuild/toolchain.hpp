// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/kernel_place.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// The programs that DKMS tells a build to use; empty: none.
struct Toolchain {
  std::string compiler;         ///< CC
  std::string kernel_compiler;  ///< KERNEL_CC
  std::string linker;           ///< LD and KERNEL_LD

  /// "CC=gcc-12" and so on.
  std::vector<std::string> environment() const;

  bool operator==(const Toolchain&) const = default;
};

/// The compiler and the linker that the kernel's configuration names, as far as they are installed; without
/// that, the CC of .kernelvariables in its headers.
///
/// DKMS has make evaluate .kernelvariables first and forgets the answer where the configuration names a
/// compiler; make is not run here in that case.
Result<Toolchain> find_toolchain(const Site& site, const KernelPlace& place);

}  // namespace kpkg::dkmsbuild
