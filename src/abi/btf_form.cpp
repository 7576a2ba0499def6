// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/btf_form.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;
using Reason = std::optional<std::string_view>;

std::uint32_t bytes_for(std::uint32_t bits) {
  return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

/// Which kinds must have a name, which may, which must not.
Reason form_of_name(const Btf& btf, const BtfType& type) {
  constexpr std::string_view invalid = "Invalid name";
  const auto name = btf.name(type);
  switch (type.kind) {
    case BtfKind::type_definition:
    case BtfKind::forward:
    case BtfKind::function:
    case BtfKind::variable:
      if (!is_identifier(name)) return invalid;
      break;
    case BtfKind::structure:
    case BtfKind::union_type:
    case BtfKind::enumeration:
    case BtfKind::enumeration64:
      if (type.name != 0 && !is_identifier(name)) return invalid;
      break;
    case BtfKind::pointer:
    case BtfKind::array:
    case BtfKind::volatile_type:
    case BtfKind::const_type:
    case BtfKind::restrict_type:
    case BtfKind::prototype:
      if (type.name != 0) return invalid;
      break;
    case BtfKind::type_tag:
    case BtfKind::declaration_tag:
    case BtfKind::data_section:
      if (name.empty()) return invalid;
      break;
    case BtfKind::nothing:
    case BtfKind::integer:
    case BtfKind::floating: break;
  }
  return std::nullopt;
}

Reason form_of_integer(const Btf& btf, std::uint32_t id, const BtfType& type) {
  const auto facts = btf.word(id, type);
  const auto bits = (facts & 0xff) + (facts >> 16 & 0xff);
  const auto encoding = facts >> 24;
  if (type.flag) return "Invalid btf_info kind_flag";
  if (bits > 128 || bytes_for(bits) > type.value) return "nr_bits exceeds type_size";
  if (encoding != 0 && encoding != 1 && encoding != 2 && encoding != 4) return "Unsupported encoding";
  return std::nullopt;
}

Reason form_of_members(const Btf& btf, std::uint32_t id, const BtfType& type) {
  std::uint32_t last = 0;
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto member = btf.member(id, type, index);
    if (!member.name.empty() && !is_identifier(member.name)) return "Invalid name";
    if (member.type == 0) return "Invalid type_id";
    if (type.kind == BtfKind::union_type && member.bit_offset != 0) return "Invalid member bits_offset";
    if (last > member.bit_offset) return "Invalid member bits_offset";
    if (bytes_for(member.bit_offset) > type.value) return "Member bits_offset exceeds its struct size";
    last = member.bit_offset;
  }
  return std::nullopt;
}

Reason form_of_values(const Btf& btf, std::uint32_t id, const BtfType& type) {
  if (type.value != 1 && type.value != 2 && type.value != 4 && type.value != 8) return "Unexpected size";
  for (std::uint16_t index = 0; index < type.count; ++index) {
    if (!is_identifier(btf.enumerator(id, type, index).name)) return "Invalid name";
  }
  return std::nullopt;
}

}  // namespace

bool is_identifier(std::string_view name) {
  if (name.empty() || !(is_letter(name[0]) || name[0] == '.')) return false;
  return std::all_of(name.begin(), name.end(), [](char letter) {
    return is_letter(letter) || (letter >= '0' && letter <= '9') || letter == '.';
  });
}

std::optional<std::string_view> form_defect(const Btf& btf, std::uint32_t id, const BtfType& type) {
  if (const auto reason = form_of_name(btf, type)) return reason;
  const bool is_counted = is_aggregate(type.kind) || is_enumeration(type.kind) ||
                          type.kind == BtfKind::prototype || type.kind == BtfKind::data_section ||
                          type.kind == BtfKind::function;
  if (!is_counted && type.count != 0) return "vlen != 0";
  if (type.kind == BtfKind::integer) return form_of_integer(btf, id, type);
  if (is_aggregate(type.kind)) return form_of_members(btf, id, type);
  if (is_enumeration(type.kind)) return form_of_values(btf, id, type);
  if (type.kind == BtfKind::function && type.count > 1) return "Invalid func linkage";
  if ((type.kind == BtfKind::array || type.kind == BtfKind::forward) && type.value != 0) return "size != 0";
  if (type.kind == BtfKind::variable && (type.value == 0 || btf.word(id, type) > 1))
    return type.value == 0 ? "Invalid type_id" : "Linkage not supported";
  if (type.kind == BtfKind::data_section && type.value == 0) return "size == 0";
  return std::nullopt;
}

}  // namespace kpkg::abi
