// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "elf/btf.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

/// A member of a structure to write; `bits` is its size if it is a bit field.
struct MemberToWrite {
  std::string name;
  std::uint32_t type = 0;
  std::uint32_t bit_offset = 0;
  std::uint32_t bits = 0;
};

/// Writes BTF type by type, of a kernel or (with the sizes of the kernel's) the part of a module.
/// Every function returns the number of the type that it added.
class BtfWriter {
 public:
  BtfWriter() : names_(1, '\0') {}
  /// What a module adds to `base`.
  static BtfWriter on(const BtfWriter& base);

  BtfWriter& in(elf::ByteOrder order);

  std::uint32_t integer(std::string_view name, std::uint32_t size);
  std::uint32_t pointer(std::uint32_t to);
  std::uint32_t array(std::uint32_t of, std::uint32_t count);
  std::uint32_t structure(std::string_view name, std::uint32_t size,
                          const std::vector<MemberToWrite>& members);
  std::uint32_t union_of(std::string_view name, std::uint32_t size,
                         const std::vector<MemberToWrite>& members);
  std::uint32_t forward(std::string_view name);
  std::uint32_t enumeration(std::string_view name,
                            const std::vector<std::pair<std::string, std::uint32_t>>& values);
  std::uint32_t modifier(elf::BtfKind kind, std::string_view name, std::uint32_t to);
  /// A function that returns nothing and takes these types, and its prototype before it.
  std::uint32_t function(std::string_view name, const std::vector<std::uint32_t>& parameters);

  /// A type of any form, for what is wrong with it.
  std::uint32_t raw(std::uint32_t name, std::uint32_t facts, std::uint32_t value,
                    const std::vector<std::uint32_t>& records = {});
  std::uint32_t name(std::string_view text);

  std::string bytes() const;

 private:
  void put(std::string& bytes, std::uint32_t value) const;
  std::uint32_t aggregate(elf::BtfKind kind, std::string_view name, std::uint32_t size,
                          const std::vector<MemberToWrite>& members);

  elf::ByteOrder order_ = elf::ByteOrder::little;
  std::size_t names_start_ = 0;
  std::uint32_t next_ = 1;
  std::string types_;
  std::string names_;
};

}  // namespace kpkg::test
