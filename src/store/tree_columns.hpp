// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/builds.hpp"
#include "store/database.hpp"

namespace kpkg::store {

/// Private to store/: the record in the next columns, which are tree, tree_origin, tree_standing and
/// tree_proofs.
TreeRecord read_tree(Fields& fields);

}  // namespace kpkg::store
