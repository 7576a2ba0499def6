// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/btf_check.hpp"
#include "abi/btf_form.hpp"

#include <fmt/format.h>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;
using Reason = std::optional<std::string_view>;

/// How far the kernel follows types. Source: linux kernel/bpf/btf.c, MAX_RESOLVE_DEPTH.
constexpr int deepest = 32;

/// Checks the types of one BTF, as the kernel's two passes over it do together.
class Checker {
 public:
  Checker(const Btf& btf, elf::ElfClass elf_class)
      : btf_(btf), pointer_size_(elf_class == elf::ElfClass::elf32 ? 4 : 8) {}

  std::optional<std::string> check() const {
    for (auto id = btf_.first(); id < btf_.size(); ++id) {
      const auto type = btf_.type(id);
      auto reason = form_defect(btf_, id, type);
      if (!reason) reason = meaning_of(id, type);
      if (reason) return fmt::format("type {} ({}): {}", id, btf_.name(type), *reason);
    }
    return std::nullopt;
  }

 private:
  Reason meaning_of(std::uint32_t id, const BtfType& type) const;
  Reason meaning_of_reference(const BtfType& type) const;
  Reason meaning_of_array(std::uint32_t id, const BtfType& type) const;
  Reason meaning_of_members(std::uint32_t id, const BtfType& type) const;
  Reason meaning_of_prototype(std::uint32_t id, const BtfType& type) const;
  Reason meaning_of_function(const BtfType& type) const;
  bool holds(std::uint32_t size, const elf::BtfMember& member) const;
  std::optional<std::uint64_t> size_of(std::uint32_t id) const;
  bool is_regular_integer(std::uint32_t id) const;

  const Btf& btf_;
  std::uint32_t pointer_size_;
};

Reason Checker::meaning_of(std::uint32_t id, const BtfType& type) const {
  switch (type.kind) {
    case BtfKind::pointer:
    case BtfKind::type_definition:
    case BtfKind::volatile_type:
    case BtfKind::const_type:
    case BtfKind::restrict_type:
    case BtfKind::type_tag: return meaning_of_reference(type);
    case BtfKind::array: return meaning_of_array(id, type);
    case BtfKind::structure:
    case BtfKind::union_type: return meaning_of_members(id, type);
    case BtfKind::prototype: return meaning_of_prototype(id, type);
    case BtfKind::function: return meaning_of_function(type);
    case BtfKind::variable:
      if (!size_of(type.value)) return "Invalid type_id";
      break;
    case BtfKind::declaration_tag: {
      const auto target = btf_.type(type.value).kind;
      if (!is_aggregate(target) && target != BtfKind::function && target != BtfKind::variable &&
          target != BtfKind::type_definition)
        return "Invalid type_id";
      break;
    }
    case BtfKind::nothing:
    case BtfKind::integer:
    case BtfKind::enumeration:
    case BtfKind::enumeration64:
    case BtfKind::forward:
    case BtfKind::data_section:
    case BtfKind::floating: break;
  }
  return std::nullopt;
}

/// A pointer or a qualifier may lead to what has no size, but not to what is no type, and not in a circle.
Reason Checker::meaning_of_reference(const BtfType& type) const {
  auto id = type.value;
  for (int depth = 0; depth < deepest; ++depth) {
    const auto next = btf_.type(id);
    switch (next.kind) {
      case BtfKind::function:
      case BtfKind::variable:
      case BtfKind::data_section:
      case BtfKind::declaration_tag: return "Invalid type_id";
      case BtfKind::pointer:
      case BtfKind::type_definition:
      case BtfKind::volatile_type:
      case BtfKind::const_type:
      case BtfKind::restrict_type:
      case BtfKind::type_tag: id = next.value; break;
      case BtfKind::nothing:
      case BtfKind::integer:
      case BtfKind::array:
      case BtfKind::structure:
      case BtfKind::union_type:
      case BtfKind::enumeration:
      case BtfKind::enumeration64:
      case BtfKind::forward:
      case BtfKind::prototype:
      case BtfKind::floating: return std::nullopt;
    }
  }
  return "Loop detected";
}

Reason Checker::meaning_of_array(std::uint32_t id, const BtfType& type) const {
  const auto array = btf_.array(id, type);
  if (!is_regular_integer(array.index)) return "Invalid index";
  const auto size = size_of(array.element);
  if (!size) return "Invalid elem";
  if (btf_.type(btf_.resolved(array.element)).kind == BtfKind::integer && !is_regular_integer(array.element))
    return "Invalid array of int";
  if (*size * array.count > UINT32_MAX) return "Array size overflows U32_MAX";
  return std::nullopt;
}

Reason Checker::meaning_of_members(std::uint32_t id, const BtfType& type) const {
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto member = btf_.member(id, type, index);
    if (!size_of(member.type)) return "Invalid member";
    if (!holds(type.value, member)) return "Member exceeds struct_size";
  }
  return std::nullopt;
}

/// Whether a member lies inside a structure of `size` bytes, as its kind has it.
bool Checker::holds(std::uint32_t size, const elf::BtfMember& member) const {
  const auto inner = btf_.resolved(member.type);
  const auto type = btf_.type(inner);
  const auto start = member.bit_offset / 8;
  const auto rest = member.bit_offset % 8;
  if (type.kind == BtfKind::integer || is_enumeration(type.kind)) {
    const auto facts = type.kind == BtfKind::integer ? btf_.word(inner, type) : type.value * 8;
    const auto width = type.kind == BtfKind::integer ? facts & 0xff : facts;
    const auto offset = type.kind == BtfKind::integer ? facts >> 16 & 0xff : 0;
    const auto bits = member.bitfield_size != 0 ? member.bitfield_size : width;
    if (member.bitfield_size > width) return false;
    return std::uint64_t{member.bit_offset} + offset + bits <= std::uint64_t{size} * 8;
  }
  if (member.bitfield_size != 0 || rest != 0) return false;
  return start + size_of(member.type).value_or(0) <= size;
}

Reason Checker::meaning_of_prototype(std::uint32_t id, const BtfType& type) const {
  if (type.value != 0 && !size_of(type.value)) return "Invalid return type";
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto parameter = btf_.parameter(id, type, index);
    const bool is_rest = index + 1 == type.count && parameter.type == 0;
    if (is_rest ? !parameter.name.empty() : !size_of(parameter.type)) return "Invalid arg";
    if (!parameter.name.empty() && !is_identifier(parameter.name)) return "Invalid arg";
  }
  return std::nullopt;
}

Reason Checker::meaning_of_function(const BtfType& type) const {
  const auto prototype = btf_.type(type.value);
  if (prototype.kind != BtfKind::prototype) return "Invalid type_id";
  for (std::uint16_t index = 0; index < prototype.count; ++index) {
    const auto parameter = btf_.parameter(type.value, prototype, index);
    if (parameter.name.empty() && parameter.type != 0) return "Invalid arg";
  }
  return std::nullopt;
}

/// Bytes of a type that has a size; nothing for void, functions and what is only declared.
std::optional<std::uint64_t> Checker::size_of(std::uint32_t id) const {
  std::uint64_t count = 1;
  for (int depth = 0; depth < deepest; ++depth) {
    id = btf_.resolved(id);
    const auto type = btf_.type(id);
    if (type.kind == BtfKind::pointer) return count * pointer_size_;
    if (type.kind == BtfKind::integer || type.kind == BtfKind::floating || is_aggregate(type.kind) ||
        is_enumeration(type.kind))
      return count * type.value;
    if (type.kind != BtfKind::array) return std::nullopt;
    const auto array = btf_.array(id, type);
    if (count * array.count > UINT32_MAX) return std::nullopt;
    count *= array.count;
    id = array.element;
  }
  return std::nullopt;
}

bool Checker::is_regular_integer(std::uint32_t id) const {
  id = btf_.resolved(id);
  const auto type = btf_.type(id);
  if (type.kind != BtfKind::integer) return false;
  const auto facts = btf_.word(id, type);
  const auto size = type.value;
  const bool is_power = size == 1 || size == 2 || size == 4 || size == 8 || size == 16;
  return is_power && (facts & 0xff) == size * 8 && (facts >> 16 & 0xff) == 0;
}

}  // namespace

std::optional<std::string> btf_defect(const Btf& btf, elf::ElfClass elf_class) {
  return Checker(btf, elf_class).check();
}

}  // namespace kpkg::abi
