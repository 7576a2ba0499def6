// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_facts.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::none: return "none";
    case Compression::gz: return "gz";
    case Compression::xz: return "xz";
    case Compression::zst: return "zst";
  }
  return "none";
}

std::optional<bool> has_modversions(const KernelFacts& facts) {
  if (facts.modversions) return facts.modversions;
  if (!facts.vermagic) return std::nullopt;
  const auto parts = words(*facts.vermagic);
  return std::find(parts.begin(), parts.end(), "modversions") != parts.end();
}

}  // namespace kpkg::abi
