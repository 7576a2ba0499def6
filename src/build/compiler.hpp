// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "system/process.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::build {

/// A compiler of this machine.
struct Compiler {
  std::string program;       ///< "gcc-12"
  std::string version_text;  ///< first line of `--version`: "gcc-12 (Debian 12.2.0-14) 12.2.0"

  bool operator==(const Compiler&) const = default;
};

/// The compiler that modules of one kernel are built with.
struct CompilerChoice {
  Compiler compiler;
  std::vector<std::string> make_variables;  ///< "CC=gcc-12", and "LLVM=1" for a kernel that ld.lld linked
  std::string note;                         ///< how it differs from the kernel's; empty: it does not

  bool operator==(const CompilerChoice&) const = default;
};

/// What a kernel's configuration says about its compiler.
struct KernelCompiler {
  std::string version_text;    ///< CONFIG_CC_VERSION_TEXT; empty on kernels before 4.20
  bool is_clang = false;       ///< CONFIG_CC_IS_CLANG
  bool linked_by_lld = false;  ///< CONFIG_LD_IS_LLD

  bool operator==(const KernelCompiler&) const = default;
};

/// Source: linux init/Kconfig, CC_VERSION_TEXT (21c54b774744, "kconfig: show compiler version text in the top
/// comment"; 4.18, and 8b59cd81dc5e, in auto.conf since 5.8), CC_IS_CLANG, LD_IS_LLD.
KernelCompiler kernel_compiler(const kernel::Configuration& configuration);

/// The names under which a suitable compiler may be installed, best first. `prefix` is CROSS_COMPILE, or
/// empty.
std::vector<std::string> compiler_names(const KernelCompiler& kernel, std::string_view prefix);

/// Those of `names` that are programs here, with their version texts, in the same order.
Result<std::vector<Compiler>> installed_compilers(system::Runner& runner, std::span<const std::string> names);

/// The compiler to build with: equal version text, else the same name, else the same major version, else the
/// first of the family; all but the first with a note, because the layout of the result decides.
///
/// Errors: not_found: no compiler of the kernel's family; gcc does not build for a kernel of clang, nor the
/// other way round.
Result<CompilerChoice> choose_compiler(const KernelCompiler& kernel, std::span<const Compiler> installed);

}  // namespace kpkg::build
