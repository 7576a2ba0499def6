// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/btf.hpp"

#include <cstdint>
#include <vector>

namespace kpkg::abi {

/// Digests of how the types of one BTF lie in memory, each made once. Guards that hostile types (a structure
/// inside itself) cost neither memory nor time.
class Layouts {
 public:
  /// `btf` must outlive it.
  explicit Layouts(const elf::Btf& btf) : btf_(btf), known_(btf.size()) {}

  /// Of the definition of a structure, union or enumeration.
  std::uint32_t of_definition(std::uint32_t id);

  /// Two small digests of names of its members, see NamedType::likeness.
  std::uint32_t likeness(std::uint32_t id) const;

  /// What a member of the type `id` looks like from outside.
  std::uint64_t of_use(std::uint32_t id) { return of_use(id, 0); }

 private:
  std::uint64_t of_use(std::uint32_t id, int depth);
  std::uint64_t of_array(std::uint32_t id, const elf::BtfType& type, int depth);
  std::uint64_t of_pointer(std::uint32_t to) const;
  std::uint64_t of_members(std::uint32_t id, const elf::BtfType& type, int depth);
  std::uint64_t of_values(std::uint32_t id, const elf::BtfType& type) const;

  const elf::Btf& btf_;
  std::vector<std::uint64_t> known_;  ///< by type; 0: not made yet
};

/// A member where it truly lies, whichever way its bit field is written down: old writers put size and offset
/// of bit fields into the integer type.
elf::BtfMember placed_member(const elf::Btf& btf, std::uint32_t id, const elf::BtfType& type,
                             std::uint16_t index);

/// Whether it is a structure, union or enumeration with a name and a definition.
bool is_named_definition(const elf::Btf& btf, const elf::BtfType& type);

}  // namespace kpkg::abi
