// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/load.hpp"

#include <string>

namespace kpkg::cli {

/// What became of a load, as follows the name of the module: "is loaded already".
std::string load_text(const install::LoadReport& report);

/// What became of an unload, the same way.
std::string unload_text(const install::UnloadReport& report);

}  // namespace kpkg::cli
