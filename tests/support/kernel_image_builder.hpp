// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/architecture.hpp"
#include "elf/module_image.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kpkg::test {

/// How the CRCs of a kernel's exports lie.
enum class CrcForm { none, words, machine_words, relative };

/// Builds the memory of a kernel, as far as its tables of exports tell: with sections (vmlinux) or without.
class KernelImageBuilder {
 public:
  KernelImageBuilder& exporting(std::string symbol, std::uint32_t crc, std::string name_space = {});
  KernelImageBuilder& exporting_gpl(std::string symbol, std::uint32_t crc, std::string name_space = {});
  /// `count` symbols of each kind, "plain_0001" and "gpl_0001", with different CRCs.
  KernelImageBuilder& exporting_many(int count);
  KernelImageBuilder& for_architecture(elf::Architecture architecture);
  /// Addresses instead of references of 32 bits.
  KernelImageBuilder& with_addresses();
  KernelImageBuilder& without_namespaces();
  KernelImageBuilder& with_crcs(CrcForm form);
  /// One table, and a byte for each symbol, as since 7.1.
  KernelImageBuilder& with_flags();
  /// In front of the tables.
  KernelImageBuilder& after(std::string code);

  const std::vector<elf::ExportedSymbol>& exports() const { return exports_; }  ///< as they were given
  std::string flat() const;
  std::string vmlinux() const;

 private:
  struct Part {
    std::string name;
    std::string bytes;
    std::uint64_t address = 0;
  };
  class Layout;
  std::vector<Part> parts() const;

  elf::Architecture architecture_{
      .machine = 62, .elf_class = elf::ElfClass::elf64, .byte_order = elf::ByteOrder::little};
  std::vector<elf::ExportedSymbol> exports_;
  bool is_relative_ = true;
  bool has_namespaces_ = true;
  bool has_flags_ = false;
  CrcForm crcs_ = CrcForm::words;
  std::string code_ = std::string(4096, '\xcc');
};

KernelImageBuilder a_kernel_image();

}  // namespace kpkg::test
