// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::elf {

// Private to elf/.

/// A parameter of a driver inside a kernel, or of the kernel itself.
struct BuiltInParameter {
  std::string_view name;  ///< "printk.time"; without a dot: the kernel's own
  bool is_shown = false;  ///< in /sys/module: its permissions are not 0
};

/// How a record of the table lies: the addresses of the name, of the module and of functions, then 16 bits of
/// permissions, a level, flags, and one more address.
/// Source: linux include/linux/moduleparam.h, struct kernel_param, of 4.9 to 7.3.
struct ParameterShape {
  unsigned word;

  unsigned permissions_at() const { return 3 * word; }
  unsigned size() const { return 4 * word + (word == 8 ? 8 : 4); }
};

constexpr std::uint64_t most_permissions = 0777;

/// The parameters of a kernel's memory without sections.
///
/// The table is the longest run of records whose first word is the address of a name. Where the memory lies
/// is what most words and names with a dot agree on. Kernels of arm64 are relocated when they start, so their
/// words are in a table of relocations. Nothing: no such table is found. Pure, and linear in the size of the
/// image.
std::optional<std::vector<BuiltInParameter>> parameters_in_memory(std::string_view image,
                                                                  const Architecture& architecture);

}  // namespace kpkg::elf
