// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_texts.hpp"

#include "abi/finding_row.hpp"
#include "base/assert.hpp"

#include <array>
#include <span>
#include <string_view>

namespace kpkg::abi {
namespace {

using Row = FindingRow;
using enum FindingId;
using enum Severity;

constexpr std::string_view right_headers =
    "install the headers of kernel {release} and build the module again";
constexpr std::string_view own_tree =
    "build the module in the kernel tree of {release} that belongs to its image";
constexpr std::string_view learn =
    "give kpkg the kernel's image, modules and configuration, then check again";
constexpr std::string_view force_unknown =
    "whether kernel {release} loads such modules by force (CONFIG_MODULE_FORCE_LOAD) is not known";

// Log lines and errno: booted kernels and sources of 4.9 to 7.3, kernel/module.c and kernel/module/.
constexpr std::array table{
    Row{architecture_unchecked, unknown, "", "", "the architecture of kernel {release} is not known", learn},
    Row{machine_differs, refusal, "ENOEXEC", "Invalid architecture in ELF header: {detail}",
        "the module was built for {module_value}, the kernel runs on {kernel_value}",
        "build the module for {kernel_value}"},
    Row{class_differs, refusal, "ENOEXEC", "Invalid ELF section header size",
        "the module is {module_value}, the kernel takes {kernel_value}",
        "build the module with the kernel's compiler flags"},
    Row{byte_order_differs, refusal, "ENOEXEC", "Invalid ELF header type: 256 != 1",
        "the bytes of the module's words are {module_value}-endian, the kernel's {kernel_value}-endian",
        "build the module with a compiler for the kernel's byte order"},
    Row{this_module_missing, refusal, "ENOEXEC",
        "module {module}: Exactly one .gnu.linkonce.this_module section must exist.",
        "the file is an intermediate object, not a finished module", "use the .ko that kbuild makes"},
    Row{layout_unchecked, unknown, "", "", "the layout of struct module in kernel {release} is not known",
        learn},
    Row{layout_size_differs, refusal, "ENOEXEC",
        "module {module}: .gnu.linkonce.this_module section size must match the kernel's built struct module "
        "size at run time",
        "the kernel tree was configured otherwise than the kernel: struct module has {module_value} bytes "
        "instead of {kernel_value}",
        own_tree},
    Row{layout_size_differs, broken, "", "",
        "the kernel tree was configured otherwise than the kernel: struct module has {module_value} bytes "
        "instead of {kernel_value}; "
        "this kernel does not check it and would read the module wrongly",
        own_tree},
    Row{layout_init_offset_differs, broken, "", "",
        "the kernel tree was configured otherwise than the kernel: it has the pointer to the init function "
        "at {module_value} of struct "
        "module instead of {kernel_value}, so the kernel would call something else or nothing",
        own_tree},
    Row{layout_init_offset_differs, refusal, "ENOEXEC",
        "module: x86/modules: Invalid relocation target, existing value is nonzero for type 1",
        "the kernel tree was configured otherwise than the kernel: it has the pointer to the init function "
        "at {module_value} of struct module instead of {kernel_value}, where the kernel keeps something else",
        own_tree},
    Row{layout_exit_offset_differs, refusal, "ENOEXEC",
        "module: x86/modules: Invalid relocation target, existing value is nonzero for type 1",
        "the kernel tree was configured otherwise than the kernel: it has the pointer to the exit function "
        "at {module_value} of struct module instead of {kernel_value}, where the kernel keeps something else",
        own_tree},
    Row{layout_exit_offset_differs, broken, "", "",
        "the kernel tree was configured otherwise than the kernel: it has the pointer to the exit function "
        "at {module_value} of struct "
        "module instead of {kernel_value}, so other fields lie elsewhere too",
        own_tree},
    Row{vermagic_unchecked, unknown, "", "", "the vermagic of kernel {release} is not known", learn},
    Row{no_vermagic, refusal, "ENOEXEC", "",
        "the module says of no kernel that it was built for it (no vermagic)",
        "use the .ko that kbuild makes"},
    Row{no_vermagic, forced, "", "{module}: bad vermagic: kernel tainted.",
        "the module says of no kernel that it was built for it (no vermagic); kernel {release} would load it "
        "by force",
        "use the .ko that kbuild makes"},
    Row{no_vermagic, unknown, "", "", force_unknown, learn},
    Row{vermagic_differs, refusal, "ENOEXEC",
        "{module}: version magic '{module_value}' should be '{kernel_value}'", "{detail}", right_headers},
    Row{versions_unchecked, unknown, "", "", "whether kernel {release} compares symbol versions is not known",
        learn},
    Row{no_versions, refusal, "ENOEXEC", "",
        "the module has no symbol versions (no __versions), and the kernel demands them",
        "build the module in a tree with CONFIG_MODVERSIONS and the kernel's Module.symvers"},
    Row{no_versions, forced, "", "{module}: module_layout: kernel tainted.",
        "the module has no symbol versions (no __versions); kernel {release} would load it by force, without "
        "any check",
        "build the module in a tree with CONFIG_MODVERSIONS and the kernel's Module.symvers"},
    Row{no_versions, unknown, "", "", force_unknown, learn},
    Row{module_layout_crc_unchecked, unknown, "", "",
        "the CRC of module_layout in kernel {release} is not known", learn},
    Row{module_layout_crc_missing, refusal, "ENOEXEC", "{module}: no symbol version for module_layout",
        "the module was built without the kernel's Module.symvers", right_headers},
    Row{module_layout_crc_missing, note, "", "{module}: no {detail}symbol version for module_layout",
        "the module was built without the kernel's Module.symvers; this kernel only warns", right_headers},
    Row{module_layout_crc_missing, unknown, "", "",
        "the module has no version of module_layout, and whether kernel {release} refuses that is not known",
        right_headers},
    Row{module_layout_crc_differs, refusal, "ENOEXEC",
        "{module}: disagrees about version of symbol module_layout",
        "the headers that the module was built with are not those of kernel {release}: its struct module is "
        "another one",
        right_headers},
    Row{exports_without_crcs, refusal, "ENOEXEC", "",
        "the module exports symbols without CRCs, and the kernel demands them",
        "build the module in a tree with CONFIG_MODVERSIONS"},
    Row{exports_without_crcs, forced, "", "{module}: no versions for exported symbols: kernel tainted.",
        "the module exports symbols without CRCs; kernel {release} would load it by force",
        "build the module in a tree with CONFIG_MODVERSIONS"},
    Row{exports_without_crcs, unknown, "", "", force_unknown, learn},
    Row{license_taints, taint, "", "{module}: module license '{module_value}' taints kernel.",
        "the kernel does not take the license {module_value} for GPL-compatible", "none needed"},
};

std::array<std::span<const FindingRow>, 6> tables() {
  return {std::span<const FindingRow>(table),
          symbol_texts(),
          section_texts(),
          signature_texts(),
          btf_texts(),
          machine_texts()};
}

/// The row of that pair in the tables of all groups of rules.
const FindingRow* find_row(FindingId id, Severity severity) {
  for (const std::span<const FindingRow> rows : tables()) {
    for (const FindingRow& row : rows) {
      if (row.id == id && row.severity == severity) return &row;
    }
  }
  return nullptr;
}

}  // namespace

Finding make_finding(FindingId id, Severity severity, const Particulars& particulars) {
  const FindingRow* const row = find_row(id, severity);
  KPKG_ASSERT(row != nullptr);
  return {.id = id,
          .severity = severity,
          .symbol = particulars.symbol,
          .module_value = particulars.module_value,
          .kernel_value = particulars.kernel_value,
          .kernel_says = filled(row->kernel_says, particulars),
          .errno_name = std::string(row->errno_name),
          .cause = filled(row->cause, particulars),
          .remedy = filled(row->remedy, particulars)};
}

std::vector<FindingRow> all_finding_rows() {
  std::vector<FindingRow> all;
  for (const std::span<const FindingRow> rows : tables()) all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

}  // namespace kpkg::abi
