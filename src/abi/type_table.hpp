// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/btf.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

enum class TypeKind : std::uint8_t { structure, union_type, enumeration };

/// "struct", "union" or "enum".
std::string_view name_of(TypeKind kind);

/// A structure, union or enumeration that has a name and is defined, as it lies in memory.
struct NamedType {
  std::string name = {};
  TypeKind kind = TypeKind::structure;
  std::uint32_t size = 0;  ///< bytes
  /// A digest of size, names, places and types of the members, or of the values of an enumeration. What a
  /// pointer points to counts by its name, and so does an embedded type, with its size: each has a row of its
  /// own. Names of integer types do not count: compilers do not agree on them.
  std::uint32_t layout = 0;
  /// Two small digests of names of members: two versions of one type have one in common nearly always, two
  /// types that happen to have one name nearly never. 0: no member has a name.
  std::uint32_t likeness = 0;
  std::vector<std::uint32_t> uses =
      {};  ///< rows of the types that it embeds or points to; a kernel's has none

  bool operator==(const NamedType&) const = default;
};

/// The types that the parameters and the result of a function name.
struct FunctionTypes {
  std::string function = {};
  std::vector<std::uint32_t> uses = {};  ///< rows of types

  bool operator==(const FunctionTypes&) const = default;
};

/// The named types of a kernel or of a module: some 10,000 rows in place of 5 MB of BTF.
struct TypeTable {
  std::vector<NamedType> types = {};          ///< sorted by name, then kind; a name may stand several times
  std::vector<FunctionTypes> functions = {};  ///< sorted by name; of a kernel, those that it exports

  /// The rows of that name, of every kind.
  std::span<const NamedType> named(std::string_view name) const;

  bool operator==(const TypeTable&) const = default;
};

/// The types of a kernel, and the functions among `exported`, which is sorted.
TypeTable types_of_kernel(const elf::Btf& btf, std::span<const std::string> exported);

/// The types that a module brings along: all of its BTF, or of split BTF what its kernel's does not have.
TypeTable types_of_module(const elf::Btf& btf);

/// The table as it is remembered: a line a row.
std::string text_of(const TypeTable& table);

/// Errors: corrupt: a line that text_of does not write; the message has its number.
Result<TypeTable> parse_types(std::string_view text);

}  // namespace kpkg::abi
