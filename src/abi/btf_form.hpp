// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/btf.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kpkg::abi {

constexpr bool is_aggregate(elf::BtfKind kind) {
  return kind == elf::BtfKind::structure || kind == elf::BtfKind::union_type;
}

constexpr bool is_enumeration(elf::BtfKind kind) {
  return kind == elf::BtfKind::enumeration || kind == elf::BtfKind::enumeration64;
}

/// Whether it is a name of C, perhaps with the dots that compilers add.
bool is_identifier(std::string_view name);

/// What the kernel rejects in the type `id` without looking at others, in the kernel's words; nothing:
/// nothing. Source: linux kernel/bpf/btf.c, the check_meta of each kind.
std::optional<std::string_view> form_defect(const elf::Btf& btf, std::uint32_t id, const elf::BtfType& type);

}  // namespace kpkg::abi
