// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_row.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using Row = FindingRow;
using enum FindingId;
using enum Severity;

constexpr std::string_view through_kbuild =
    "build the module with kbuild and the headers of kernel {release}, which link it as its kernel wants it";

// Log lines and errno: booted kernels and sources of 4.9 to 7.3, kernel/module.c, kernel/module/ and arch/.
constexpr std::array table{
    Row{names_differ, note, "", "",
        "the module calls itself {module_value} in .modinfo and {detail} inside: kernel and tools will use "
        "either",
        "build the module again"},
    Row{name_empty, refusal, "EINVAL", "attempted to be registered with empty name!",
        "the module has no name in its struct module", "use the .ko that kbuild makes"},
    Row{livepatch, refusal, "ENOEXEC",
        "{module}: module is marked as livepatch module, but livepatch support is disabled",
        "the module is a live patch, and kernel {release} takes none (CONFIG_LIVEPATCH)",
        "use a kernel with CONFIG_LIVEPATCH"},
    Row{livepatch, taint, "", "{module}: tainting kernel with TAINT_LIVEPATCH",
        "the module is a live patch, which the kernel notes", "none needed"},
    Row{livepatch, unknown, "", "",
        "the module is a live patch, and whether kernel {release} takes any (CONFIG_LIVEPATCH) is not known",
        "give kpkg the kernel's image, modules and configuration, then check again"},
    Row{plt_section_missing, refusal, "ENOEXEC", "{module}: module {detail} section(s) missing",
        "the section {kernel_value}, which this kernel fills in, is missing: the module was not linked with "
        "the kernel's module.lds",
        through_kbuild},
    Row{trampoline_section_missing, refusal, "ENOEXEC", "",
        "the section {kernel_value}, which this kernel fills in, is missing: the module was not linked with "
        "the kernel's module.lds",
        through_kbuild},
    Row{per_cpu_too_large, refusal, "ENOMEM", "{module}: Could not allocate {module_value} bytes percpu data",
        "the module has {module_value} bytes of per-CPU variables; kernels set {kernel_value} apart for all "
        "modules together",
        "let the module allocate them when it runs (alloc_percpu)"},
    Row{exports_without_flags, refusal, "ENOEXEC", "{module}: no flags for exported symbols",
        "the module exports symbols without __kflagstab, which kernels since 7.1 demand", through_kbuild},
    Row{exports_ignored, note, "", "{module}: ignoring obsolete section {detail}",
        "the symbols of {detail} are exported to nobody: kernels since 7.1 look into __ksymtab alone",
        through_kbuild},
    Row{relocation_type_unknown, refusal, "ENOEXEC",
        "module: {module}: Unknown rela relocation: {module_value}",
        "the section {detail} has a relocation of type {module_value}, which kernel {release} cannot apply",
        "build the module with kbuild, and with the compiler that the kernel was built with"},
    Row{relocation_overflows, refusal, "ENOEXEC", "overflow in relocation type {module_value}",
        "the section {detail} has a relocation of type {module_value} for an address that never fits into it",
        "build the module with kbuild, whose flags choose the kernel's code model"},
    Row{relocation_overflows, unknown, "", "",
        "the section {detail} has a relocation of type {module_value} for an address that may not fit into "
        "it",
        "build the module with kbuild, whose flags choose the kernel's code model"},
    Row{staging_taints, taint, "",
        "{module}: module is from the staging directory, the quality is unknown, you have been warned.",
        "the module calls itself unfinished (staging), which the kernel notes", "none needed"},
    Row{test_taints, taint, "", "{module}: loading test module taints kernel.",
        "the module is a test, which the kernel notes", "none needed"},
};

}  // namespace

std::span<const FindingRow> section_texts() {
  return table;
}

}  // namespace kpkg::abi
