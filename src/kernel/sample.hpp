// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "system/root.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: some of a kernel's own modules.

struct SampledModule {
  std::string name;  ///< "kernel/drivers/net/dummy.ko.xz", below the module directory
  abi::Compression compression = abi::Compression::none;
  abi::Fingerprint fingerprint;
};

struct Sample {
  std::vector<SampledModule> modules;
  std::vector<std::string> notes;  ///< modules that are damaged
};

/// How a module file is compressed, by its name, as kmod decides it.
abi::Compression compression_named(std::string_view file_name);

/// Some in-tree modules from all over `module_directory`/kernel, the same ones on every run; all of them if
/// there are few.
Result<Sample> sample_modules(const system::Root& root, const std::string& module_directory);

}  // namespace kpkg::kernel
