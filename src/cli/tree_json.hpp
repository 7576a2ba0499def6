// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json.hpp"
#include "store/builds.hpp"

namespace kpkg::cli {

/// {"path", "origin", "standing", "proved_by": [...]}
Json json_of_tree(const store::TreeRecord& tree);

}  // namespace kpkg::cli
