// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/export_table.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

// Private to elf/: what names that are known tell about memory without sections.

/// Where names that modules demand stand in the image, between two NULs. A linker lets a name be the tail of
/// another, so not every name has a place; most have.
class KnownPlaces {
 public:
  KnownPlaces(std::string_view image, const DemandIndex& demands);

  bool has(std::uint64_t offset) const {
    return offset / 64 < bits_.size() && (bits_[offset / 64] >> (offset % 64) & 1U) != 0;
  }
  const std::vector<std::uint32_t>& all() const { return places_; }  ///< ascending

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> places_;
};

/// The address at which the image lies, if words of it are addresses of the names: the page that most pairs
/// of a word and a name agree on. Nothing: no page stands out.
std::optional<std::uint64_t> voted_base(std::string_view image, const Architecture& architecture,
                                        const KnownPlaces& places);

}  // namespace kpkg::elf
