// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

#include <optional>
#include <string_view>

namespace kpkg::dkms {

// What DKMS looks at before it begins. Each yields why it does not begin, or nothing.

/// Module and version must be known; `action` is for the usage that is shown.
std::optional<dkmsconf::Refusal> without_names(const dkmstree::VersionId& id, std::string_view action);

/// Only root may do it; what another root has is its owner's.
std::optional<dkmsconf::Refusal> without_root(const Context& context);

/// DKMS's tree must be writable.
std::optional<dkmsconf::Refusal> without_tree(const Context& context);

/// The version's source, or the link to it, is missing.
Result<std::optional<dkmsconf::Refusal>> broken(const Context& context, const dkmstree::VersionId& id);

/// The version is not in the tree.
Result<std::optional<dkmsconf::Refusal>> not_added(const Context& context, const dkmstree::VersionId& id);

/// --all is not for this action.
std::optional<dkmsconf::Refusal> with_all(const Arguments& arguments, std::string_view action);

/// The action is for one kernel. `count` is how many there are.
std::optional<dkmsconf::Refusal> not_one_kernel(const Arguments& arguments, std::size_t count,
                                                std::string_view action);

}  // namespace kpkg::dkms
