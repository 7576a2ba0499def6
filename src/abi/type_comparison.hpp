// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/type_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kpkg::abi {

/// A type that a module and a kernel, or two kernels, do not have alike.
struct TypeDifference {
  std::string name = {};
  TypeKind kind = TypeKind::structure;
  std::optional<std::uint32_t> module_size = {};  ///< bytes; nothing: it does not have the type
  std::optional<std::uint32_t> kernel_size = {};

  bool operator==(const TypeDifference&) const = default;
};

/// The types of the kernel that `module`, which imports `imports`, has otherwise than the kernel, by name.
///
/// A name alone does not make two types the same: one module in sixty of a distribution has a structure of
/// its own under a name that the kernel uses too. A type of the module counts as the kernel's if a function
/// that the module imports names it, or if a type uses it that both have alike (and so on from there), and it
/// has the name of a member in common with the kernel's. What the kernel does not have is not compared.
std::vector<TypeDifference> differing_types(const TypeTable& kernel, const TypeTable& module,
                                            std::span<const std::string> imports);

/// The types that kernel `right` has otherwise than kernel `left` or not at all, or has in addition, by name;
/// with `module` only those of which it brings a definition. `left` is what differs as module_size.
std::vector<TypeDifference> differing_types_of_kernels(const TypeTable& left, const TypeTable& right,
                                                       const TypeTable* module = nullptr);

}  // namespace kpkg::abi
