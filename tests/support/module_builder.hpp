// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "elf/architecture.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kpkg::test {

/// How the tables of exported symbols are laid out; see elf/exports.cpp.
enum class ExportEra {
  absolute_4_9,   ///< pointers; CRCs are words with the values of absolute symbols
  relative_4_19,  ///< 32-bit references; CRCs are the values of absolute symbols
  relative_5_4,   ///< the same, and a namespace where there is one
  relative_5_19,  ///< 32-bit references, always a namespace; CRCs are constants
  absolute_5_19,  ///< the same with pointers, as on arm and riscv
  flags_7_1,      ///< the same with 32-bit references; one table, and flags for who may use a symbol
};

/// Builds the bytes of a kernel module, by default one that a_kernel() loads without a finding.
class ModuleBuilder {
 public:
  ModuleBuilder& named(std::string name);
  ModuleBuilder& licensed(std::string license);
  ModuleBuilder& unlicensed();
  ModuleBuilder& with_vermagic(std::string vermagic);
  ModuleBuilder& without_vermagic();
  ModuleBuilder& with_modinfo(std::string key, std::string value);
  ModuleBuilder& importing_namespace(std::string name_space);

  ModuleBuilder& needing(std::string symbol, std::uint64_t crc);
  ModuleBuilder& needing_without_version(std::string symbol);
  ModuleBuilder& needing_weakly(std::string symbol);
  ModuleBuilder& with_layout_crc(std::uint64_t crc);
  ModuleBuilder& without_layout_crc();
  ModuleBuilder& without_versions();
  /// Puts the CRCs into __version_ext_crcs and __version_ext_names too.
  ModuleBuilder& with_extended_versions();

  ModuleBuilder& exporting(std::string symbol, std::uint32_t crc, std::string name_space = {});
  ModuleBuilder& exporting_gpl(std::string symbol, std::uint32_t crc, std::string name_space = {});
  ModuleBuilder& without_export_crcs();
  ModuleBuilder& with_exports_as_in(ExportEra era);

  ModuleBuilder& with_layout(std::uint64_t size, std::optional<std::uint64_t> init,
                             std::optional<std::uint64_t> exit);
  ModuleBuilder& without_this_module();
  ModuleBuilder& for_architecture(elf::Architecture architecture);
  ModuleBuilder& with_section(std::string name, std::string contents);
  /// Appends a trailer of the kernel's form; the signature is `size` bytes that verify nothing.
  ModuleBuilder& signed_by_nobody(std::size_t size);

  std::string bytes() const;
  abi::Fingerprint fingerprint() const;

 private:
  struct Need {
    std::string symbol;
    std::optional<std::uint64_t> crc;
    bool weak = false;
  };
  struct Offer {
    std::string symbol;
    std::uint32_t crc = 0;
    bool gpl_only = false;
    std::string name_space;
  };
  class Assembly;

  std::string name_ = "sample";
  std::optional<std::string> license_ = "GPL";
  std::optional<std::string> vermagic_ = "6.1.0-test SMP preempt mod_unload modversions ";
  std::vector<std::pair<std::string, std::string>> modinfo_;
  std::vector<Need> needs_;
  std::vector<Offer> offers_;
  std::vector<std::pair<std::string, std::string>> sections_;
  bool has_versions_ = true;
  bool has_extended_versions_ = false;
  bool has_export_crcs_ = true;
  ExportEra era_ = ExportEra::relative_5_19;
  std::optional<std::uint64_t> layout_crc_ = 0x0badcafe;
  std::optional<abi::Layout> layout_ = abi::Layout{.size = 896, .init_offset = 0x138, .exit_offset = 0x350};
  elf::Architecture architecture_{
      .machine = 62, .elf_class = elf::ElfClass::elf64, .byte_order = elf::ByteOrder::little};
  std::size_t signature_size_ = 0;
};

ModuleBuilder a_module();

constexpr elf::Architecture x86_64{62, elf::ElfClass::elf64, elf::ByteOrder::little};
constexpr elf::Architecture arm64{183, elf::ElfClass::elf64, elf::ByteOrder::little};
constexpr elf::Architecture arm{40, elf::ElfClass::elf32, elf::ByteOrder::little};
constexpr elf::Architecture s390{22, elf::ElfClass::elf64, elf::ByteOrder::big};
constexpr elf::Architecture powerpc{20, elf::ElfClass::elf32, elf::ByteOrder::big};

}  // namespace kpkg::test
