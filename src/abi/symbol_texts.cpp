// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_row.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using Row = FindingRow;
using enum FindingId;
using enum Severity;

constexpr std::string_view learn =
    "give kpkg the kernel's image, modules and configuration, then check again";

// Log lines and errno: booted kernels and sources of 4.9 to 7.3, kernel/module.c and kernel/module/.
constexpr std::array table{
    Row{symbols_unchecked, unknown, "", "",
        "which symbols kernel {release} exports is not known: {detail} not checked", learn},
    Row{symbol_unknown, refusal, "ENOENT", "{module}: Unknown symbol {symbol} (err -2)",
        "neither kernel {release}, its modules nor the modules installed with it export the symbol",
        "install the module that exports it, or a version of this module for this kernel"},
    Row{symbol_unknown, unknown, "", "",
        "the symbol is not among those known of kernel {release}, but that list is not complete", learn},
    Row{provider_refused, refusal, "ENOENT", "{module}: Unknown symbol {symbol} (err -2)",
        "the symbol is that of the module {detail}, which kernel {release} refuses itself",
        "see the verdict on {detail}, and put that module right first"},
    Row{symbol_gpl_only, refusal, "ENOENT", "{module}: Unknown symbol {symbol} (err -2)",
        "the symbol of {detail} is for GPL-compatible modules only; the module's license is {module_value}",
        "use another interface, or a module under a license that the kernel takes for GPL-compatible"},
    Row{weak_symbol_unknown, note, "", "",
        "nobody exports the symbol to this module; the reference is weak, so it is 0",
        "none needed if the module tests the symbol before it uses it"},
    Row{crc_missing, refusal, "EINVAL", "{module}: no symbol version for {symbol}",
        "the module was built without the Module.symvers that has the symbol",
        "build the module again with the Module.symvers that has it"},
    Row{crc_missing, note, "", "{module}: no {detail}symbol version for {symbol}",
        "the module was built without the Module.symvers that has the symbol; this kernel only warns",
        "build the module again with the Module.symvers that has it"},
    Row{crc_missing, unknown, "", "",
        "the module has no version of the symbol, and whether kernel {release} refuses that is not known",
        "build the module again with the Module.symvers that has it"},
    Row{crc_differs, refusal, "EINVAL", "{module}: disagrees about version of symbol {symbol}",
        "the types behind the symbol, which {detail} exports, are not those that the module was built with",
        "build the module again with the headers of kernel {release}; if another module exports the symbol, "
        "build that one first"},
    Row{namespace_not_imported, refusal, "EINVAL",
        "{module}: module uses symbol ({symbol}) from namespace {kernel_value}, but does not import it.",
        "the symbol belongs to the namespace {kernel_value}, which the module does not import",
        "add MODULE_IMPORT_NS for {kernel_value} to the module's source and build it again"},
    Row{namespace_not_imported, note, "",
        "{module}: module uses symbol ({symbol}) from namespace {kernel_value}, but does not import it.",
        "the symbol belongs to the namespace {kernel_value}, which the module does not import; this kernel "
        "only warns",
        "add MODULE_IMPORT_NS for {kernel_value} to the module's source and build it again"},
    Row{namespace_not_imported, unknown, "", "",
        "the module does not import the symbol's namespace {kernel_value}, and whether kernel {release} "
        "refuses that is not known",
        "add MODULE_IMPORT_NS for {kernel_value} to the module's source and build it again"},
    Row{export_duplicates_kernel, refusal, "ENOEXEC",
        "{module}: exports duplicate symbol {symbol} (owned by kernel)",
        "the kernel itself exports a symbol of this name: the driver is built in, or the name was taken "
        "since",
        "do not install the module for this kernel, or rename the symbol"},
    Row{symbol_gpl_only_after_proprietary, refusal, "ENOENT", "{module}: Unknown symbol {symbol} (err -2)",
        "the symbol of {detail} is for GPL-compatible modules only, and the module lost that standing when "
        "it "
        "took a symbol from a proprietary module",
        "use a provider whose license the kernel takes for GPL-compatible"},
    Row{symbol_of_proprietary, refusal, "ENOENT",
        "{module}: module using GPL-only symbols uses symbols {symbol} from proprietary module {detail}.",
        "the symbol belongs to the proprietary module {detail}, and this module uses symbols for "
        "GPL-compatible modules too: the kernel forbids to bridge them",
        "use a provider whose license the kernel takes for GPL-compatible"},
    Row{proprietary_inherited, taint, "",
        "{module}: module uses symbols {symbol} from proprietary module {detail}, inheriting taint.",
        "the symbol belongs to the proprietary module {detail}: this module counts as proprietary too",
        "none needed"},
    Row{module_namespace_imported, refusal, "EPERM",
        "{module}: module tries to import module namespace: {detail}",
        "the namespace {detail} is for the modules that its name lists; no other can import it",
        "remove MODULE_IMPORT_NS for it from the module's source and build it again"},
    Row{export_duplicates_module, refusal, "ENOEXEC",
        "{module}: exports duplicate symbol {symbol} (owned by {detail})",
        "the module {detail}, which must be loaded before this one, exports a symbol of this name",
        "rename the symbol, or do not install both modules"},
    Row{export_duplicates_module, note, "", "{module}: exports duplicate symbol {symbol} (owned by {detail})",
        "the module {detail} exports a symbol of this name: of the two, the one that comes second is refused",
        "do not load both modules; rename the symbol, or blacklist one of them"},
};

}  // namespace

std::span<const FindingRow> symbol_texts() {
  return table;
}

}  // namespace kpkg::abi
