// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/symbol_table.hpp"
#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

enum class ToolState {
  runs,     ///< a program for this machine, or a script
  foreign,  ///< a program for another machine
  absent,
};

/// A program of the tree that kbuild runs for every module.
struct HostTool {
  std::string path;  ///< in the tree: "scripts/mod/modpost"
  ToolState state = ToolState::absent;
  std::string machine = {};  ///< of a foreign one: "arm64"

  bool operator==(const HostTool&) const = default;
};

/// What the files of a kernel tree say, before anybody judges it. What is absent is nothing; what cannot be
/// read, as a damaged Module.symvers, is a problem.
struct Inspection {
  kernel::KernelTree tree;
  std::vector<std::string> dangling_links = {};  ///< at its top: "scripts leads to ../x, which is absent"
  std::optional<std::string> release = {};       ///< include/config/kernel.release
  std::optional<std::string> uts_release = {};   ///< include/generated/utsrelease.h, stamped into vermagic
  std::optional<std::string> version = {};  ///< of the source that it is of: "6.1.192" of LINUX_VERSION_CODE
  std::optional<kernel::Configuration> written = {};   ///< .config, for people and some modules' makefiles
  std::optional<kernel::Configuration> settings = {};  ///< include/config/auto.conf, which make reads
  std::optional<kernel::Configuration> defines = {};   ///< include/generated/autoconf.h, which C reads
  std::vector<HostTool> tools = {};                    ///< those that this configuration needs
  std::optional<std::string> missing_script = {};      ///< the linker script that kbuild wants and lacks
  std::optional<abi::SymbolTable> symvers = {};
  std::string symvers_problem = {};

  bool operator==(const Inspection&) const = default;
};

/// Reads a tree. `machine` is the e_machine of this machine's programs, which must run the tree's.
///
/// Errors: permission, io.
Result<Inspection> inspect(const system::Root& root, const kernel::KernelTree& tree, std::uint16_t machine);

/// The release that modules built in a tree are stamped with (UTS_RELEASE); nothing: no header says it. Not
/// that of include/config/kernel.release: Debian's has the upstream version there.
///
/// Errors: permission, io.
Result<std::optional<std::string>> stamped_release(const system::Root& root, const std::string& tree);

/// What the text of an autoconf.h defines, as it stands there: "CONFIG_X" is "1".
kernel::Configuration defines_in(std::string_view text);

/// What autoconf.h defines for these settings: CONFIG_X 1 for y, CONFIG_X_MODULE 1 for m.
/// Source: linux Documentation/kbuild/kconfig-language.rst; what `syncconfig` writes.
kernel::Configuration defines_for(const kernel::Configuration& settings);

}  // namespace kpkg::tree
