// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_check.hpp"
#include "elf/module_image.hpp"

#include <string>
#include <vector>

namespace kpkg::abi {

/// A mark that the kernel puts on itself and on a module when it loads that module.
struct Taint {
  char letter = 'O';        ///< as in /sys/module/NAME/taint
  std::string reason = {};  ///< one clause, with the condition where it depends on the kernel

  bool operator==(const Taint&) const = default;
};

/// The taints that loading `module` sets, as far as its file tells. Whether a signature is one that the
/// kernel can verify is the judge's to say.
///
/// Source: linux Documentation/admin-guide/tainted-kernels.rst; kernel/module/main.c, check_modinfo().
std::vector<Taint> taints_of(const elf::ModuleImage& module);

/// The same for a kernel that looks at signatures and makes `signature` of the module's, or that does not
/// (nothing). One that demands them refuses what is marked E here.
std::vector<Taint> taints_by(std::vector<Taint> taints, const std::optional<SignatureCheckResult>& signature);

}  // namespace kpkg::abi
