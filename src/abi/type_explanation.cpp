// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_explanation.hpp"

#include "abi/type_layout.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;

constexpr std::size_t most_examples = 3;

/// How deep members of structures without names are looked at; they belong to the structure around them.
constexpr int deepest = 8;
constexpr std::size_t most_members = 4096;

/// A member, or a value of an enumeration.
struct Part {
  std::string_view name;
  std::uint64_t place = 0;  ///< in bits; of a value, what it is
  std::uint64_t look = 0;   ///< digest of its type and of the width of a bit field
};

bool is_of_kind(TypeKind kind, BtfKind of_btf) {
  switch (kind) {
    case TypeKind::structure: return of_btf == BtfKind::structure;
    case TypeKind::union_type: return of_btf == BtfKind::union_type;
    case TypeKind::enumeration: return of_btf == BtfKind::enumeration || of_btf == BtfKind::enumeration64;
  }
  return false;
}

/// The definition of that name, kind and size; 0 if there is none. In split BTF its own come first.
std::uint32_t find(const Btf& btf, const TypeDifference& difference, std::uint32_t size) {
  const auto is_it = [&](std::uint32_t id) {
    const auto type = btf.type(id);
    return is_of_kind(difference.kind, type.kind) && type.value == size && is_named_definition(btf, type) &&
           btf.name(type) == difference.name;
  };
  for (auto id = btf.first(); id < btf.size(); ++id) {
    if (is_it(id)) return id;
  }
  for (std::uint32_t id = 1; id < btf.first(); ++id) {
    if (is_it(id)) return id;
  }
  return 0;
}

void add_members(const Btf& btf, Layouts& layouts, std::uint32_t id, std::uint64_t start, int depth,
                 std::vector<Part>& parts) {
  const auto type = btf.type(id);
  for (std::uint16_t index = 0; index < type.count && parts.size() < most_members; ++index) {
    const auto member = placed_member(btf, id, type, index);
    const auto inner = btf.resolved(member.type);
    const auto kind = btf.type(inner).kind;
    if (member.name.empty() && depth < deepest &&
        (kind == BtfKind::structure || kind == BtfKind::union_type)) {
      add_members(btf, layouts, inner, start + member.bit_offset, depth + 1, parts);
    } else if (!member.name.empty()) {
      parts.push_back({.name = member.name,
                       .place = start + member.bit_offset,
                       .look = layouts.of_use(member.type) + member.bitfield_size});
    }
  }
}

std::vector<Part> parts_of(const Btf& btf, std::uint32_t id) {
  std::vector<Part> parts;
  const auto type = btf.type(id);
  if (type.kind == BtfKind::enumeration || type.kind == BtfKind::enumeration64) {
    for (std::uint16_t index = 0; index < type.count; ++index) {
      const auto value = btf.enumerator(id, type, index);
      parts.push_back({.name = value.name, .place = value.value & 0xffffffff});
    }
    return parts;
  }
  Layouts layouts(btf);
  add_members(btf, layouts, id, 0, 0, parts);
  return parts;
}

const Part* named(const std::vector<Part>& parts, std::string_view name) {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part.name == name; });
  return found == parts.end() ? nullptr : &*found;
}

/// Names that one has and the other lacks: "a, b and 7 more".
std::string lacking(const std::vector<Part>& all, const std::vector<Part>& other) {
  std::vector<std::string> names;
  std::size_t more = 0;
  for (const auto& part : all) {
    if (named(other, part.name) != nullptr) continue;
    if (names.size() < most_examples) {
      names.emplace_back(part.name);
    } else {
      ++more;
    }
  }
  auto text = join(names, ", ");
  if (more != 0) text += fmt::format(" and {} more", more);
  return text;
}

std::string place_text(std::uint64_t bits) {
  return bits % 8 == 0 ? fmt::format("byte {}", bits / 8) : fmt::format("bit {}", bits);
}

/// The first part that both have, but not alike.
std::string first_changed(const std::vector<Part>& module, const std::vector<Part>& kernel, TypeKind kind) {
  for (const auto& part : kernel) {
    const auto* const other = named(module, part.name);
    if (other == nullptr) continue;
    if (kind == TypeKind::enumeration && other->place != part.place)
      return fmt::format("{} is {} instead of {}", part.name, other->place, part.place);
    if (other->look != part.look) return fmt::format("{} has another type or size", part.name);
    if (other->place != part.place)
      return fmt::format("{} is at {} instead of {}", part.name, place_text(other->place),
                         place_text(part.place));
  }
  return {};
}

std::string clause(std::string names, std::string_view what) {
  if (names.empty()) return {};
  const bool are_several = names.find(", ") != std::string::npos || names.find(" and ") != std::string::npos;
  return fmt::format("{} {} {}", names, are_several ? "are" : "is", what);
}

}  // namespace

std::string explain_difference(const TypeDifference& difference, const Btf& module, const Btf& kernel) {
  if (!difference.module_size || !difference.kernel_size) return {};
  const auto in_module = find(module, difference, *difference.module_size);
  const auto in_kernel = find(kernel, difference, *difference.kernel_size);
  if (in_module == 0 || in_kernel == 0) return {};
  const auto has = parts_of(module, in_module);
  const auto wanted = parts_of(kernel, in_kernel);
  std::vector<std::string> clauses;
  for (auto& text :
       {clause(lacking(wanted, has), "missing"), clause(lacking(has, wanted), "there in addition")}) {
    if (!text.empty()) clauses.push_back(text);
  }
  if (clauses.empty()) {
    auto changed = first_changed(has, wanted, difference.kind);
    if (!changed.empty()) clauses.push_back(std::move(changed));
  }
  return join(clauses, "; ");
}

}  // namespace kpkg::abi
