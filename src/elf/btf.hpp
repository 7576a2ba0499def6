// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace kpkg::elf {

/// Kinds of BTF types, with their numbers in the format.
enum class BtfKind : std::uint8_t {
  nothing = 0,  ///< type 0, C's void
  integer = 1,
  pointer = 2,
  array = 3,
  structure = 4,
  union_type = 5,
  enumeration = 6,
  forward = 7,
  type_definition = 8,
  volatile_type = 9,
  const_type = 10,
  restrict_type = 11,
  function = 12,
  prototype = 13,
  variable = 14,
  data_section = 15,
  floating = 16,
  declaration_tag = 17,
  type_tag = 18,
  enumeration64 = 19,
};

/// The head of one BTF type. Its records are read with the functions of Btf.
struct BtfType {
  BtfKind kind = BtfKind::nothing;
  bool flag = false;        ///< kind_flag: bit fields in members, a union declared forward, signed values
  std::uint16_t count = 0;  ///< of members, values, parameters or variables; of a function its linkage
  std::uint32_t name = 0;   ///< offset in the names
  std::uint32_t value = 0;  ///< a size in bytes, or the number of the type that it refers to
  std::size_t records = 0;  ///< where its records begin, in the bytes

  bool operator==(const BtfType&) const = default;
};

struct BtfMember {
  std::string_view name;  ///< empty: anonymous
  std::uint32_t type = 0;
  std::uint32_t bit_offset = 0;
  std::uint32_t bitfield_size = 0;  ///< in bits; 0: not a bit field
};

struct BtfValue {
  std::string_view name;
  std::uint64_t value = 0;  ///< sign-extended where the format has 32 bits
};

struct BtfArray {
  std::uint32_t element = 0;
  std::uint32_t index = 0;
  std::uint32_t count = 0;
};

struct BtfParameter {
  std::string_view name;
  std::uint32_t type = 0;  ///< 0 in the last one: "..."
};

/// The types of a kernel, or those of a module that come after its kernel's (split BTF). Refers to the bytes
/// and to the base, which must outlive it.
///
/// Guards that every number in it may be followed: types exist, names begin inside the names and end, records
/// lie inside the bytes. That types make sense (no structure inside itself) it does not guard.
///
/// libbpf is not the door here: 0.5 of Ubuntu 22.04 refuses the 64-bit enumerations that kernels since 6.0
/// have, and before 1.3 no release of it checks what the numbers refer to.
class Btf {
 public:
  /// Reads the contents of a section .BTF, /sys/kernel/btf/vmlinux or .BTF.base; with `base`, of split BTF.
  ///
  /// Errors: corrupt: not BTF, or a number leads outside; unsupported: a kind of type that is newer than
  /// kpkg. Source: linux Documentation/bpf/btf.rst.
  static Result<Btf> read(std::string_view bytes, const Btf* base = nullptr);

  /// As read(), of bytes that it took before: names and references are not followed again, which is most of
  /// the work. Those that lead outside after all, as on a damaged disk, lead to nothing.
  static Result<Btf> read_known(std::string_view bytes);

  /// One more than the highest number of a type, those of the base included.
  std::uint32_t size() const { return first_ + static_cast<std::uint32_t>(offsets_.size()); }

  /// The first number of a type of its own; those below are the base's. 1 without a base.
  std::uint32_t first() const { return first_; }

  /// The bytes of names, those of the base included.
  std::uint64_t names_size() const { return names_start_ + names_.size(); }

  /// Type 0 if `id` is not less than size().
  BtfType type(std::uint32_t id) const;

  std::string_view name(const BtfType& type) const { return name_at(type.name); }
  /// Empty if `offset` is not less than names_size().
  std::string_view name_at(std::uint32_t offset) const;

  /// Records of the type `id`, which is of the kind that has them; `index` is less than its count.
  BtfMember member(std::uint32_t id, const BtfType& type, std::uint16_t index) const;
  BtfValue enumerator(std::uint32_t id, const BtfType& type, std::uint16_t index) const;
  BtfParameter parameter(std::uint32_t id, const BtfType& type, std::uint16_t index) const;
  BtfArray array(std::uint32_t id, const BtfType& type) const;
  /// The word behind an integer (encoding, offset, bits), a variable or a declaration tag.
  std::uint32_t word(std::uint32_t id, const BtfType& type) const;

  /// Where const, volatile, typedef and the like lead from `id`; 0 if they lead in a circle.
  std::uint32_t resolved(std::uint32_t id) const;

  ByteOrder byte_order() const { return order_; }

 private:
  const Btf& owner_of(std::uint32_t id) const;
  std::uint32_t number(std::size_t offset) const;
  BtfType head(std::size_t offset) const;
  Status read_header();
  Status read_types();
  Status check(std::uint32_t id) const;
  Status check_name(std::uint32_t id, std::uint32_t offset) const;
  Status check_type(std::uint32_t id, std::uint32_t other) const;
  Status check_records(std::uint32_t id, const BtfType& type) const;

  std::string_view bytes_;
  const Btf* base_ = nullptr;
  ByteOrder order_ = ByteOrder::little;
  std::string_view names_;
  std::uint64_t names_start_ = 0;
  std::uint32_t first_ = 1;
  std::size_t types_start_ = 0;
  std::size_t types_end_ = 0;
  std::vector<std::uint32_t> offsets_;  ///< of its own types, in order
};

}  // namespace kpkg::elf
