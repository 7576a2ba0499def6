// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/padded_version.hpp"

namespace kpkg::dkmsconf {

std::string padded_version(std::string_view version) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::size_t width = 3;
  std::string padded;
  while (!version.empty()) {
    const auto number = version.substr(0, version.find_first_not_of(digits));
    if (!number.empty() && number.size() < width) padded.append(width - number.size(), '0');
    padded += number;
    version.remove_prefix(number.size());
    const auto other = version.substr(0, version.find_first_of(digits));
    for (const char character : other)
      if (character != ' ') padded += character;
    version.remove_prefix(other.size());
  }
  return padded;
}

}  // namespace kpkg::dkmsconf
