// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/judge.hpp"
#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kpkg::abi {

/// What is judged: one module for one kernel, in the company of others.
struct Case {
  const Fingerprint& module;
  const KernelFacts& kernel;
  const Company& company;
  /// Of the kernel; what nobody looked for is taken from its release.
  LoaderFeatures loader = merged(kernel.loader, features_of_release(kernel.release));
};

/// What a finding is about, apart from the module and the kernel that its Case names.
struct About {
  std::string symbol = {};
  std::string module_value = {};
  std::string kernel_value = {};
  std::string detail = {};
};

/// Adds a finding to those of a case.
void add(std::vector<Finding>& findings, const Case& judged, FindingId id, Severity severity,
         About about = {});

/// What a breach is worth where the kernel may waive it: `waived` if it does, a refusal if not, unknown if we
/// do not know.
Severity unless_waived(std::optional<bool> waives, Severity waived);

/// What a symbol without a version is worth to this kernel. Debian's refuse it, others warn; a missing
/// extended version is only warned of everywhere.
Severity severity_of_missing_version(const Case& judged);

/// Whether the kernel consults __version_ext_crcs alone when the module has it.
bool uses_extended_versions(const Case& judged);

/// Whether the module has symbol versions that this kernel consults.
bool has_usable_versions(const Case& judged);

/// What the kernel says of a file that is no sound ELF, if its loader has one text for all such files, or
/// none: "Module has invalid ELF structures" (5.10.262), "" (before 5.11). Nothing: it has one for each
/// defect.
std::optional<std::string> common_text_of_damage(const Case& judged);

/// A relocation that meets bytes that are not zero.
struct FilledTarget {
  std::string type;        ///< its number
  std::string section;     ///< the index of the section of relocations
  std::string relocation;  ///< its index there
};

/// What x86 kernels say of it.
std::string text_of_filled(const Case& judged, const FilledTarget& target);

/// "0x0000abcd"
std::string crc_text(std::uint64_t crc);

/// The groups of rules, one file each; each adds every breach that it finds.

/// What refuses modules before anything of them is looked at, and what only keeps modprobe from them.
void judge_gates(const Case& judged, std::vector<Finding>& findings);

/// The signature: whether there is one that the kernel accepts, and what it does if not.
void judge_signature(const Case& judged, std::vector<Finding>& findings);

/// What the machine's FIPS mode and IMA make of a module, besides its signature.
void judge_machine(const Case& judged, std::vector<Finding>& findings);

/// What the header says of the machine.
void judge_architecture(const Case& judged, std::vector<Finding>& findings);

/// Struct module, vermagic and license: what the kernel looks at before any symbol.
void judge_identity(const Case& judged, std::vector<Finding>& findings);

/// Symbol versions as a whole: whether there are any, and the one of module_layout.
void judge_versions(const Case& judged, std::vector<Finding>& findings);

/// Which error the kernel's walk over the symbols ends with: that of the last bad one, in the order of the
/// symbol table, though the log names them all.
struct SymbolOutcome {
  std::uint32_t last_bad = 0;
  std::string errno_name = {};  ///< empty: all symbols are good
};

/// Each symbol that the module demands or offers.
SymbolOutcome judge_symbols(const Case& judged, std::vector<Finding>& findings);

/// What is wrong with the file itself.
void judge_defects(const Case& judged, std::vector<Finding>& findings);
void add_symbol_defects(const Case& judged, SymbolOutcome& outcome);

/// Sections that the kernel demands or minds, and the marks in .modinfo that it minds.
void judge_sections(const Case& judged, std::vector<Finding>& findings);

/// Whether the kernel can apply the relocations that the module asks for.
void judge_relocations(const Case& judged, std::vector<Finding>& findings);

/// The letters of the taints that loading the module sets, in the order of the kernel's.
std::string taints_of(const Case& judged, const std::vector<Finding>& findings);

/// Whether `id` is found during that walk.
bool is_of_symbols(FindingId id);

/// BTF of the module, and the types that it was built with.
void judge_types(const Case& judged, std::vector<Finding>& findings);

/// Whether the kernel takes the license of `module` for GPL-compatible; none at all is not.
bool is_gpl_compatible(const Fingerprint& module);

}  // namespace kpkg::abi
