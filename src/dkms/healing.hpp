// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"
#include "dkmstree/inspect.hpp"

#include <vector>

namespace kpkg::dkms {

/// Where the modules of a configuration are looked for, but for those that it excludes from its kernel.
std::vector<dkmstree::Destination> destinations_of(const dkmsconf::Conf& conf);

/// Whether a build counts as installed although a file of it is not where the kernel looks for it. DKMS
/// leaves that so: the link alone counts. What a configuration that is bad, or does not want to be installed
/// by itself, has lost is left alone here too, and so is what the kernel had refused.
Result<bool> has_vanished(const Context& context, const dkmstree::BuildId& id);

/// Makes a build that has vanished one that is not installed and, where it lost files of its own, not built.
Status forget_vanished(const Context& context, const dkmstree::BuildId& id);

}  // namespace kpkg::dkms
