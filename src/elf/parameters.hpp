// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/module_image.hpp"

#include <string>
#include <vector>

namespace kpkg::elf {

/// A parameter that can be given to a module when it is loaded.
struct ModuleParameter {
  std::string name;
  std::string type;         ///< "int", "array of charp"; empty: not told
  std::string description;  ///< empty: not told

  bool operator==(const ModuleParameter&) const = default;
};

/// The parameters that .modinfo tells of, sorted by name.
///
/// Source: linux include/linux/moduleparam.h, __MODULE_PARM_TYPE and MODULE_PARM_DESC: "name:text".
std::vector<ModuleParameter> parameters_of(const ModuleImage& module);

}  // namespace kpkg::elf
