// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "elf/architecture.hpp"
#include "elf/defect.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::elf {

struct Section {
  std::string name;
  std::uint32_t type = 0;   ///< sh_type
  std::uint64_t flags = 0;  ///< sh_flags
  std::uint64_t size = 0;   ///< bytes; of SHT_NOBITS too, though the file has none of them

  bool operator==(const Section&) const = default;
};

/// A symbol that the kernel must provide.
struct UndefinedSymbol {
  std::string name;
  bool weak = false;        ///< the kernel accepts that nobody has it; its value is then 0
  std::uint32_t order = 0;  ///< index in the symbol table

  bool operator==(const UndefinedSymbol&) const = default;
};

/// One `key=value` of .modinfo.
struct ModinfoEntry {
  std::string key;
  std::string value;

  bool operator==(const ModinfoEntry&) const = default;
};

/// A CRC that the module was built against.
struct SymbolVersion {
  std::string symbol;
  std::uint64_t crc = 0;  ///< the full word: the kernel compares all of it, though a CRC has 32 bits

  bool operator==(const SymbolVersion&) const = default;
};

/// A symbol that the module offers to others.
struct ExportedSymbol {
  std::string name;
  std::optional<std::uint32_t>
      crc;  ///< nothing: the module has no CRC table; 0: it has one and no CRC for this symbol
  bool gpl_only = false;
  std::string name_space;  ///< empty: none

  bool operator==(const ExportedSymbol&) const = default;
};

/// What the module knows of the kernel's struct module, from its own initialised instance.
struct ThisModule {
  std::uint64_t size = 0;                    ///< of struct module, in bytes
  std::optional<std::uint64_t> init_offset;  ///< of the pointer to init_module; nothing: no init function
  std::optional<std::uint64_t>
      exit_offset;           ///< of the pointer to cleanup_module; nothing: it cannot be unloaded
  std::string name;          ///< empty if it is not where an unrandomised layout has it
  bool is_nameless = false;  ///< there are zeros where an unrandomised layout has the name

  bool operator==(const ThisModule&) const = default;
};

/// The twelve bytes in front of the marker "~Module signature appended~".
struct SignatureTrailer {
  std::uint8_t algorithm = 0;
  std::uint8_t hash = 0;
  std::uint8_t id_type = 0;  ///< 2: PKCS#7, the only one that kernels accept
  std::uint8_t signer_length = 0;
  std::uint8_t key_id_length = 0;
  std::uint64_t signature_size = 0;  ///< bytes of the signature in front of the trailer
  bool plausible = false;  ///< id_type is 2, all else but the size is 0, and the signature fits into the file

  bool operator==(const SignatureTrailer&) const = default;
};

/// What the symbol of a relocation is, as far as its final value depends on it.
enum class RelocationTarget {
  absolute,   ///< a number
  defined,    ///< a place in the module
  per_cpu,    ///< a variable of .data..percpu, whose final value is an offset
  undefined,  ///< a place in the kernel or another module
  weak,       ///< the same, or 0
  far,        ///< by its addend more than 8 GiB from whatever its symbol is
};

/// A kind of relocation that the module asks for, at least once.
struct RelocationUse {
  std::uint32_t type = 0;  ///< R_…, a number of the machine's
  RelocationTarget target = RelocationTarget::absolute;
  std::string section = {};  ///< the first relocation section that has it

  bool operator==(const RelocationUse&) const = default;
};

/// The facts of a finished, uncompressed kernel module, each checked against the bounds of its file. What
/// lies outside is as if it were not there, and a defect.
struct ModuleImage {
  Architecture architecture;
  std::vector<Section> sections;  ///< in the order of the file, section 0 left out
  std::vector<UndefinedSymbol> undefined;
  std::vector<std::string> defined;  ///< names of the symbols that are not local
  std::vector<ModinfoEntry> modinfo;
  bool hides_modinfo = false;  ///< .modinfo is not allocated: only kernels since 6.4 find it

  bool has_versions = false;  ///< there is a __versions that the kernel would see (allocated)
  std::vector<SymbolVersion> versions;
  bool has_extended_versions = false;  ///< there is a __version_ext_crcs that a kernel since 6.14 would see
  std::vector<SymbolVersion> extended_versions;

  std::vector<ExportedSymbol> exports;
  bool has_export_flags =
      false;  ///< there is a __kflagstab, which kernels since 7.1 demand of exporting modules

  std::optional<ThisModule> this_module;
  std::optional<SignatureTrailer> signature;  ///< nothing: the file does not end with the marker
  bool has_btf = false;
  std::string btf;       ///< the contents of .BTF
  std::string btf_base;  ///< the contents of .BTF.base; empty: there is none

  std::vector<RelocationUse> relocations;  ///< each kind once, in the order in which the kernel meets them

  std::vector<Defect> defects;  ///< in the order in which they were found
  bool is_readable = true;      ///< false: no more is known than the first defects and perhaps the machine

  /// The value of the first `key` in .modinfo, which is the one that the kernel uses.
  std::optional<std::string> first_modinfo(std::string_view key) const;

  /// Every value of `key` in .modinfo, in order; the kernel looks at all of them for import_ns alone.
  std::vector<std::string> every_modinfo(std::string_view key) const;

  bool operator==(const ModuleImage&) const = default;
};

/// Reads any bytes as a kernel module of either class and byte order. Never fails: what is wrong is a defect.
/// Memory and time are linear in the size of `bytes`, whatever they are.
/// Source: ELF gABI; linux Documentation/kbuild/modules.rst (Module.symvers, modversions) and the objects
/// that kbuild makes.
ModuleImage examine_module(std::string_view bytes);

/// The same for a .ko that shall be sound.
///
/// Stricter than every kernel: some of the corruptions that are refused here make real loaders oops.
/// Errors: corrupt: the first defect that is_damage; the message names the field and its value.
Result<ModuleImage> read_module(std::string_view bytes);

}  // namespace kpkg::elf
