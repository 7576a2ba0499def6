// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/btf_check.hpp"

#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;

/// Kinds that .BTF.base and the kernel may write differently for one type.
BtfKind family_of(const BtfType& type) {
  if (type.kind == BtfKind::enumeration64) return BtfKind::enumeration;
  if (type.kind == BtfKind::forward) return type.flag ? BtfKind::union_type : BtfKind::structure;
  return type.kind;
}

/// Whether every type of .BTF.base has one of its name, kind and size in the kernel.
std::optional<std::string> relocation_defect(const Btf& base, const Btf& kernel) {
  std::unordered_multimap<std::string_view, std::uint32_t> by_name;
  for (std::uint32_t id = 1; id < kernel.size(); ++id) {
    const auto type = kernel.type(id);
    if (type.name != 0) by_name.emplace(kernel.name(type), id);
  }
  for (std::uint32_t id = 1; id < base.size(); ++id) {
    const auto wanted = base.type(id);
    if (wanted.name == 0) continue;
    const bool has_size = wanted.kind != BtfKind::forward;
    const auto [first, last] = by_name.equal_range(base.name(wanted));
    const bool is_there = std::any_of(first, last, [&](const auto& entry) {
      const auto type = kernel.type(entry.second);
      return family_of(type) == family_of(wanted) && (!has_size || type.value == wanted.value);
    });
    if (!is_there) return fmt::format("the kernel has no {} like the one of .BTF.base", base.name(wanted));
  }
  return std::nullopt;
}

}  // namespace

std::string_view btf_errno(std::string_view types, elf::ByteOrder order) {
  constexpr std::size_t known_header = 24;
  if (types.size() < known_header) return "EINVAL";
  const auto header_size = elf::number_at(types, 4, 4, order);
  if (header_size > types.size()) return "EINVAL";
  const auto unknown =
      types.substr(known_header, std::max<std::size_t>(header_size, known_header) - known_header);
  if (unknown.find_first_not_of('\0') != std::string_view::npos) return "E2BIG";
  const bool has_magic = elf::number_at(types, 0, 2, order) == 0xeb9f;
  return has_magic && (types[2] != 1 || types[3] != 0) ? "ENOTSUPP" : "EINVAL";
}

std::optional<std::string> btf_mismatch(const BtfSections& module, const Btf& kernel, elf::ElfClass elf_class,
                                        BaseSection base) {
  if (module.base.empty() || base == BaseSection::ignored) {
    const auto btf = Btf::read(module.types, &kernel);
    return btf ? btf_defect(*btf, elf_class) : std::optional(btf.error().message);
  }
  const auto own_base = Btf::read(module.base);
  if (!own_base) return own_base.error().message;
  const auto btf = Btf::read(module.types, &*own_base);
  if (!btf) return btf.error().message;
  if (auto defect = btf_defect(*btf, elf_class)) return defect;
  return relocation_defect(*own_base, kernel);
}

}  // namespace kpkg::abi
