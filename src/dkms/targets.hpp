// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/arguments.hpp"
#include "dkmstree/tree.hpp"
#include "system/host.hpp"

#include <optional>
#include <vector>

namespace kpkg::dkms {

/// The kernels that an action is about: those of -k with their architectures of -a, of which one alone is for
/// all; without -k the running one; with --all those that the version is built for, in the order of `sort -V`
/// over the lines that tell of them, whose first word is their state. `module` is the module that is named.
///
/// Source: dkms 3.4.3.
std::vector<dkmstree::Target> targets_of(const Arguments& arguments, const dkmstree::Module& module,
                                         const system::Host& host);

/// A kernel or an architecture that was given is empty: 16.
std::optional<dkmsconf::Refusal> nameless_in(const std::vector<dkmstree::Target>& targets);

}  // namespace kpkg::dkms
