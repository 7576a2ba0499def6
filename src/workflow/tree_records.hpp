// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bundle/bundle.hpp"
#include "store/builds.hpp"
#include "workflow/trees.hpp"

#include <string>
#include <string_view>

namespace kpkg::workflow {

/// The option that lets a tree in which nothing proves, as records name it.
inline constexpr std::string_view allowing_option = "--allow-unverified";

/// What is recorded of builds in `tree`, which was found in that place and looked at.
store::TreeRecord record_of(const kernel::KernelTree& tree, TreeOrigin origin,
                            const tree::Attestation& attestation);

/// Whether kpkg made the tree itself and nothing proves it, so that nobody answers for what is built in it:
/// what the option is for.
bool needs_allowance(const store::TreeRecord& tree);

/// A build's tree for people: "/usr/src/linux-headers-6.1 (installed): exact, proved by symbols and types".
std::string told(const store::TreeRecord& tree);

/// How bundles carry a record, and what is recorded of theirs.
bundle::BuiltIn carried(const store::TreeRecord& tree);
store::TreeRecord record_of(const bundle::BuiltIn& tree);

}  // namespace kpkg::workflow
