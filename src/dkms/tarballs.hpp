// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/source_tree.hpp"

namespace kpkg::dkms {

/// Brings what is in the tarball of the command line to where it belongs, but for the version's registration:
/// its source to /usr/src, its finished builds into the tree. Ends with 1, 2, 3, 4, 7, 8, 9 or 10.
///
/// A tarball that has finished builds and a dkms.conf alone, and whose source is nowhere else, ends with 1
/// after all went well: DKMS does not register such a version, and says so in no other way.
Result<Addition> load_tarball(const Context& context, const dkmstree::Target& target);

}  // namespace kpkg::dkms
