// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/variables.hpp"

namespace kpkg::dkmsconf {

std::string Variables::value(std::string_view name, std::uint64_t index) const {
  const auto& known = elements(name);
  const auto found = known.find(index);
  return found == known.end() ? std::string() : found->second;
}

const Elements& Variables::elements(std::string_view name) const {
  static const Elements none;
  const auto found = arrays.find(name);
  return found == arrays.end() ? none : found->second;
}

}  // namespace kpkg::dkmsconf
