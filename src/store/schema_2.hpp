// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::store {

/// From version 1 to 2: in which tree a build was made, and which flag let an installed file in. What was
/// built before says nothing of its tree.
inline constexpr std::string_view schema_2 = R"sql(
ALTER TABLE build ADD COLUMN tree TEXT NOT NULL DEFAULT '';
ALTER TABLE build ADD COLUMN tree_origin TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE build ADD COLUMN tree_standing TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE build ADD COLUMN tree_proofs TEXT NOT NULL DEFAULT ''; -- separated by blanks
ALTER TABLE installed ADD COLUMN allowed_by TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace kpkg::store
