// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/explain.hpp"
#include "base/json_forward.hpp"

namespace kpkg::abi {

Json to_json(const Explanation& explanation);

}  // namespace kpkg::abi
