// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/database.hpp"

namespace kpkg::store {

// Private to store/: the layout of the database and how an older one becomes it.

/// The version of the schema that this kpkg reads and writes.
std::int64_t newest_schema();

/// Brings the database to the newest schema, all at once; a new one is of version 0.
///
/// Errors: corrupt: not kpkg's; unsupported: of a newer kpkg, and nothing was changed.
Status migrate(Database& database);

/// The version of the database's schema. Errors: as migrate.
Result<std::int64_t> schema_version(Database& database);

}  // namespace kpkg::store
