// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace kpkg {

/// A JSON value whose objects keep the order in which they were filled; only its name, for headers that many
/// include: the whole of it doubles the time to compile a file. base/json.hpp has the rest.
using Json = nlohmann::ordered_json;

}  // namespace kpkg
