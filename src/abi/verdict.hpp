// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// What the kernel would do with a module; a function of its findings (see `decide`), never of policy.
enum class Decision {
  loads,
  loads_with_taint,  ///< loads, and the kernel notes that it supports itself no longer
  loads_forced,      ///< loads only because CONFIG_MODULE_FORCE_LOAD waives a check; kpkg refuses unless
                     ///< overridden
  unknown,           ///< something that decides could not be checked
  broken,            ///< loads and then corrupts memory; kpkg refuses unless overridden
  refused,
};

/// How bad one finding is, in rising order; the worst decides.
enum class Severity { note, taint, forced, unknown, broken, refusal };

/// Every reason that the judge knows. The order is that in which the kernel meets them, so that the first
/// refusal is the one that the user meets. The name in JSON has dashes: "crc-differs".
enum class FindingId {
  modules_disabled,
  empty_file,
  signature_policy_unchecked,
  signature_damaged,
  signature_has_parameters,
  signature_version_unread,
  signature_unsupported,
  module_unsigned,
  signature_key_unavailable,
  locked_down,
  signature_not_of_data,
  signature_has_attributes,
  signature_key_revoked,
  signature_wrong,
  signature_unchecked,
  compression_unread,
  architecture_unchecked,
  header_truncated,
  not_elf,
  not_relocatable,
  machine_differs,
  class_differs,
  byte_order_differs,
  section_header_size,
  section_headers_outside,
  section_zero,
  section_outside,
  name_table_index,
  name_table_outside,
  name_table_type,
  name_table_empty,
  name_table_unterminated,
  section_name_outside,
  unused_section_name_outside,
  modinfo_twice,
  modinfo_unterminated,
  this_module_missing,
  this_module_twice,
  this_module_without_bytes,
  this_module_without_memory,
  layout_unchecked,
  layout_size_differs,
  symbol_table_missing,
  symbol_table_twice,
  symbol_names_index,
  symbol_names_type,
  extended_versions_unpaired,
  extended_versions_short,
  symbol_names_empty,
  symbol_names_without_first_nul,
  symbol_names_unterminated,
  symbol_name_outside,
  symbol_zero,
  file_too_costly,
  names_differ,
  module_blacklisted,
  versions_unchecked,
  versions_unterminated,
  no_versions,
  module_layout_crc_unchecked,
  module_layout_crc_missing,
  module_layout_crc_differs,
  vermagic_unchecked,
  no_vermagic,
  vermagic_differs,
  livepatch,
  plt_section_missing,
  trampoline_section_missing,
  writable_code,
  per_cpu_too_large,
  constructors_twice,
  exports_without_flags,
  exports_ignored,
  exports_without_crcs,
  exports_damaged,
  module_namespace_imported,
  symbols_unchecked,
  symbol_unknown,  // from here to namespace_not_imported: one walk over the symbols, see is_of_symbols
  provider_refused,
  symbol_gpl_only,
  symbol_gpl_only_after_proprietary,
  symbol_of_proprietary,
  symbol_common,
  symbol_section_outside,
  weak_symbol_unknown,
  proprietary_inherited,
  crc_missing,
  crc_differs,
  namespace_not_imported,
  relocations_unsupported,
  relocations_for_nothing,
  relocation_symbol_outside,
  relocation_outside,
  relocation_type_unknown,
  relocation_overflows,
  relocation_target_filled,
  parameter_damaged,
  layout_init_offset_differs,
  layout_exit_offset_differs,
  export_duplicates_kernel,
  export_duplicates_module,
  name_empty,
  exports_unsorted,
  section_twice,
  btf_unchecked,
  btf_invalid,
  struct_layout_differs,
  built_in_has_name,
  fips_panics,
  fips_unchecked,
  license_taints,
  staging_taints,
  test_taints,
  modprobe_blacklists,
  modprobe_runs_other,
  compression_unchecked,
  shadowed,
  ima_unchecked,
};

/// One reason, with all that a person needs to understand it and to act.
struct Finding {
  FindingId id = FindingId::symbol_unknown;
  Severity severity = Severity::note;
  std::string symbol = {};        ///< empty: the finding is not about one
  std::string module_value = {};  ///< what the module has; empty: nothing
  std::string kernel_value = {};  ///< what the kernel has or wants; empty: nothing
  std::string kernel_says = {};   ///< the kernel's own log line; empty: it is silent
  std::string errno_name = {};    ///< what the loading program meets: "ENOEXEC"; empty: no error
  std::string cause = {};
  std::string remedy = {};

  bool operator==(const Finding&) const = default;
};

/// The answer for one module and one kernel.
struct Verdict {
  std::string module = {};     ///< name
  crypto::Digest digest = {};  ///< of the judged bytes
  std::string release = {};    ///< of the kernel
  Decision decision = Decision::unknown;
  std::string errno_name = {};  ///< of the first step that fails: "ENOEXEC"; empty: the kernel loads it
  std::string taints = {};      ///< letters that loading it sets, as in /proc/sys/kernel/tainted: "PO"
  std::vector<Finding> findings = {};  ///< every reason, sorted by id, then symbol

  bool operator==(const Verdict&) const = default;
};

/// The decision that `findings` make: that of the worst severity; `loads` if there are none.
Decision decide(const std::vector<Finding>& findings);

/// Whether a module of this decision may be installed without an override.
bool is_installable(Decision decision);

/// The stable names: "loads_with_taint", "refusal", "crc-differs".
std::string_view name_of(Decision decision);
std::string_view name_of(Severity severity);
std::string_view name_of(FindingId id);

/// Every name that name_of gives to a decision or a finding, in the order of the values.
std::vector<std::string_view> decision_names();
std::vector<std::string_view> finding_names();

/// The reverse of name_of; nothing for a name that this kpkg does not know.
std::optional<Decision> decision_named(std::string_view name);
std::optional<Severity> severity_named(std::string_view name);
std::optional<FindingId> finding_id_named(std::string_view name);

/// One clear line about `finding`, with both values where there are any.
std::string sentence(const Finding& finding);

}  // namespace kpkg::abi
