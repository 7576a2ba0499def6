// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// How a kernel's module loader is made: what it checks, what it knows, what its configuration lets it waive.
/// Nothing in an optional means: not known. Distributions backport checks, so these are looked for in the
/// image, the configuration and the kernel's own modules; the release is the last resort of the judge.
struct LoaderFeatures {
  // Seen by texts in the unpacked image.
  std::optional<bool> validates_elf = {};             ///< looks at all section headers (since 5.11)
  std::optional<bool> names_elf_defects = {};         ///< has a line for each of them, not one for all
  std::optional<bool> demands_single_sections = {};   ///< one .modinfo, struct module and symtab (since 6.4)
  std::optional<bool> checks_layout_size = {};        ///< refuses a wrong size of struct module (since 6.4)
  std::optional<bool> checks_symbol_sections = {};    ///< refuses a symbol in a section that does not exist
  std::optional<bool> checks_table_types = {};        ///< refuses names in a section that is no SHT_STRTAB
  std::optional<bool> checks_symbol_names = {};       ///< bounds the names of symbols (since 6.13)
  std::optional<bool> checks_all_section_names = {};  ///< of sections too that are not loaded (6.12)
  std::optional<bool> refuses_twin_sections = {};     ///< two of one name, in sysfs (6.12)
  std::optional<bool> refuses_writable_code = {};     ///< CONFIG_STRICT_MODULE_RWX, since 5.8
  std::optional<bool> runs_constructors = {};         ///< CONFIG_CONSTRUCTORS
  std::optional<bool> demands_export_flags = {};      ///< refuses exports without __kflagstab (since 7.1)
  std::optional<bool> reads_extended_versions = {};   ///< __version_ext_crcs (since 6.14)
  std::optional<bool> knows_namespaces = {};          ///< of symbols (since 5.4)
  std::optional<bool> knows_module_namespaces = {};   ///< the prefix "module:" (since 6.16)
  std::optional<bool> inherits_proprietary = {};      ///< taint of the provider of a symbol (since 5.9)
  std::optional<bool> names_inherited_symbols = {};   ///< says which symbol it was (after 5.10)
  std::optional<bool> names_relocations = {};         ///< says which relocation it cannot apply (after 6.12)
  std::optional<bool> ignores_offset_table = {};      ///< undefined _GLOBAL_OFFSET_TABLE_ (since 5.12)
  std::optional<bool> has_livepatch = {};             ///< CONFIG_LIVEPATCH
  std::optional<bool> marks_tests = {};               ///< modinfo test=Y taints with N (since 6.0)

  // Of the configuration alone.
  std::optional<bool> force_load = {};                ///< CONFIG_MODULE_FORCE_LOAD
  std::optional<bool> allows_missing_namespace = {};  ///< CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS

  std::optional<bool> lies_low = {};  ///< CONFIG_UML: addresses may fit into 32 bits

  // Of the distribution.
  /// Refuses a symbol without a CRC (Debian's patch) instead of warning of it.
  std::optional<bool> refuses_missing_version = {};

  /// The sections that the machine's code demands of every module (".plt"), in the order in which they are
  /// looked for; those that the majority of the kernel's own modules have.
  std::optional<std::vector<std::string>> required_sections = {};

  bool operator==(const LoaderFeatures&) const = default;
};

/// The texts to look for in an unpacked image; none contains NUL or ends in a line feed.
std::vector<std::string_view> loader_texts();

/// What follows from which of loader_texts() an image has. If it lacks those that every loader has, nothing
/// follows: it was not unpacked, or has no modules.
LoaderFeatures features_of_texts(std::span<const std::string_view> found);

/// What follows from a configuration; `is_set` says whether an option is y or m.
LoaderFeatures features_of_configuration(const std::function<bool(std::string_view)>& is_set);

/// What a kernel of this release has if nobody patched it. Not for what depends on the configuration.
/// Source: when each commit was merged; see the table in the code.
LoaderFeatures features_of_release(std::string_view release);

/// `first`, and where it knows nothing, `second`.
LoaderFeatures merged(LoaderFeatures first, const LoaderFeatures& second);

/// The sections that some architecture may demand, in the order in which kernels look for them.
std::vector<std::string_view> possible_required_sections();

Json to_json(const LoaderFeatures& features);

/// Errors: corrupt: a field has another type; the message names it.
Result<LoaderFeatures> loader_features_from_json(const Json& value);

}  // namespace kpkg::abi
