// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/parameters.hpp"

#include <map>

namespace kpkg::elf {

std::vector<ModuleParameter> parameters_of(const ModuleImage& module) {
  std::map<std::string, ModuleParameter> found;
  for (const auto& entry : module.modinfo) {
    if (entry.key != "parm" && entry.key != "parmtype") continue;
    const auto colon = entry.value.find(':');
    const auto name = entry.value.substr(0, colon);
    auto& parameter = found[name];
    parameter.name = name;
    const auto text = colon == std::string::npos ? std::string() : entry.value.substr(colon + 1);
    (entry.key == "parm" ? parameter.description : parameter.type) = text;
  }
  std::vector<ModuleParameter> parameters;
  for (auto& [name, parameter] : found) parameters.push_back(std::move(parameter));
  return parameters;
}

}  // namespace kpkg::elf
