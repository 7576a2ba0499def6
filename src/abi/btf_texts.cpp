// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_row.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using enum FindingId;
using enum Severity;

constexpr std::string_view strip_btf =
    "remove the section before the module is signed: objcopy -R .BTF -R .BTF.base FILE.ko; or build the "
    "module "
    "with the vmlinux of {release}";
constexpr std::string_view own_tree =
    "build the module in the kernel tree of {release} that belongs to its image";

// Log lines and errno: booted kernels 6.1, 6.12 and 7.2; linux kernel/bpf/btf.c, btf_module_notify().
constexpr std::array table{
    FindingRow{
        btf_unchecked, unknown, "", "",
        "the module has BTF, and whether it fits that of kernel {release} could not be checked: {detail}",
        "give kpkg the kernel's image and configuration, or remove the section .BTF before the module is "
        "signed"},
    FindingRow{btf_invalid, refusal, "EINVAL", "failed to validate module [{module}] BTF: -22",
               "the BTF of the module was made for another kernel image: {detail}", strip_btf},
    FindingRow{
        btf_invalid, unknown, "", "",
        "the BTF of the module was made for another kernel image, and whether kernel {release} refuses "
        "that is not known: {detail}",
        strip_btf},
    FindingRow{btf_invalid, note, "", "failed to validate module [{module}] BTF: -22",
               "the BTF of the module was made for another kernel image ({detail}); this kernel loads the "
               "module without it",
               "none needed; tools that use BTF do not see the module's types"},
    FindingRow{
        struct_layout_differs, broken, "", "",
        "the module was built with another definition of it than the kernel's{detail}; the kernel does "
        "not check it, and module and kernel would read each other's memory wrongly",
        own_tree},
};

}  // namespace

std::span<const FindingRow> btf_texts() {
  return table;
}

}  // namespace kpkg::abi
