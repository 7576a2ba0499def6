// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

/// The elements of a shell's array by their index; an array may have gaps.
using Elements = std::map<std::uint64_t, std::string>;

/// The variables of a shell. Each is an array, and what has no index is its element 0.
struct Variables {
  std::map<std::string, Elements, std::less<>> arrays;

  /// ${NAME[index]}: empty where there is no such element, as a shell has it.
  std::string value(std::string_view name, std::uint64_t index = 0) const;

  /// ${NAME[@]}: empty where there is no such variable.
  const Elements& elements(std::string_view name) const;

  bool operator==(const Variables&) const = default;
};

}  // namespace kpkg::dkmsconf
