// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "elf/btf.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::abi {

/// What a module carries of BTF.
struct BtfSections {
  std::string types = {};  ///< .BTF
  std::string base = {};   ///< .BTF.base, which kernels since 6.11 fit to their own; empty: none

  bool operator==(const BtfSections&) const = default;
};

/// Whether a kernel knows .BTF.base; one that does not takes .BTF as the continuation of its own BTF.
enum class BaseSection { ignored, relocated };

/// Why a kernel with the BTF `kernel` would say that `module` does not fit it; nothing: it fits.
///
/// A module that was made for another kernel's BTF refers to numbers of types and offsets of names that mean
/// something else here. Not every such module is noticed, neither by the kernel nor here.
/// Source: linux kernel/bpf/btf.c, btf_parse_module() with its checks of each kind in two passes, and
/// tools/lib/bpf/btf_relocate.c, read in 6.0 to 6.18.
std::optional<std::string> btf_mismatch(const BtfSections& module, const elf::Btf& kernel,
                                        elf::ElfClass elf_class, BaseSection base);

/// The errno with which a kernel rejects a .BTF of these bytes: EINVAL for all but what its header demands
/// that this kernel does not have. Source: linux kernel/bpf/btf.c, btf_parse_hdr().
std::string_view btf_errno(std::string_view types, elf::ByteOrder order);

/// What the kernel would reject in the types that `btf` has of its own; nothing: none.
std::optional<std::string> btf_defect(const elf::Btf& btf, elf::ElfClass elf_class);

}  // namespace kpkg::abi
