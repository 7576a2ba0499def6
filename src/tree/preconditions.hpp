// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "tree/architecture.hpp"
#include "tree/means.hpp"

#include <string>

namespace kpkg::tree {

// Why no tree can be made for a kernel, or not of this source: each told in one clause, with what to do.

/// Refuses a source in which a kernel was configured: O= would not work, and what lies there would be taken
/// for this kernel's. Source: linux Makefile, "The source tree is not clean".
///
/// Errors: invalid: names what lies there; io.
Status check_unconfigured(const std::string& source, std::string_view arch_directory);

/// The machine of a configuration, if it is that of the kernel.
///
/// Errors: incompatible: it is for another machine; unsupported: for one that kpkg does not know.
Result<SourceArchitecture> check_architecture(const Subject& subject,
                                              const kernel::Configuration& configuration,
                                              const std::string& origin);

/// Refuses a kernel whose structs are shuffled by a secret seed (RANDSTRUCT).
///
/// Errors: unsupported.
Status check_not_shuffled(const kernel::Configuration& configuration);

/// Refuses a kernel whose exported symbols are not all known: its image is truncated, or absent.
///
/// Errors: corrupt: names the image.
Status check_symbols(const Subject& subject);

/// Refuses to put a tree where something else is.
///
/// Errors: conflict; io.
Status check_absent(const std::string& destination);

}  // namespace kpkg::tree
