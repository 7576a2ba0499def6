// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/module_types.hpp"
#include "base/result.hpp"
#include "system/process.hpp"

#include <string>
#include <string_view>

namespace kpkg::build {

/// Whether the bytes of an uncompressed module seem to have debug information.
bool has_debug_information(std::string_view module);

/// The types that the uncompressed module `file` was built with, of its debug information, which pahole
/// reads.
///
/// Nothing is known, which is no failure, where pahole is not installed or cannot make sense of the file.
/// Errors: io; interrupted: the user stopped it.
/// Source: pahole(1), --btf_encode_detached, since 1.22.
Result<abi::ModuleTypes> debug_types(const std::string& file, system::Runner& runner);

}  // namespace kpkg::build
