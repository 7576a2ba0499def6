// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

/// Builds the facts of a kernel, by default one of Debian 12 on x86-64 with symbol versions, of which
/// everything is known.
class KernelBuilder {
 public:
  /// Also puts the release into vermagic, and gives the kernel the loader of that release.
  KernelBuilder& released(std::string release);
  KernelBuilder& with_vermagic(std::string vermagic);
  KernelBuilder& with_layout(std::uint64_t size, std::uint64_t init, std::uint64_t exit);
  KernelBuilder& for_architecture(elf::Architecture architecture);
  KernelBuilder& exporting(std::string symbol, std::uint32_t crc, std::string owner = "vmlinux");
  KernelBuilder& exporting_gpl(std::string symbol, std::uint32_t crc, std::string owner = "vmlinux");
  KernelBuilder& exporting_in(std::string name_space, std::string symbol, std::uint32_t crc);
  /// A kernel without CONFIG_MODVERSIONS.
  KernelBuilder& without_modversions();
  /// CONFIG_MODULE_FORCE_LOAD=y, as Debian has it; the default here is n.
  KernelBuilder& forcing_loads();
  KernelBuilder& without_symbols();
  /// CONFIG_MODULE_SIG=y with no key in its image; the default here is n.
  KernelBuilder& checking_signatures();
  /// The same with the key of this DER certificate.
  KernelBuilder& trusting(std::string_view certificate);
  /// CONFIG_MODULE_SIG_FORCE=y on top.
  KernelBuilder& enforcing_signatures();
  /// Booted with this command line.
  KernelBuilder& booted_with(std::string_view line);

  abi::KernelFacts facts() const;

 private:
  KernelBuilder& exporting(abi::KernelSymbol symbol);
  static abi::LoaderFeatures loader_of_debian_12();

  abi::KernelFacts facts_{.release = "6.1.0-test",
                          .architecture = elf::Architecture{.machine = 62,
                                                            .elf_class = elf::ElfClass::elf64,
                                                            .byte_order = elf::ByteOrder::little},
                          .vermagic = "6.1.0-test SMP preempt mod_unload modversions ",
                          .layout = abi::Layout{.size = 896, .init_offset = 0x138, .exit_offset = 0x350},
                          .symbols = {},
                          .modversions = true,
                          .loader = loader_of_debian_12(),
                          .signature_policy = {.checks = false},
                          .compression = abi::Compression::none};
  std::vector<abi::KernelSymbol> symbols_{{.name = "module_layout", .crc = 0x0badcafe, .owner = "vmlinux"}};
  bool has_symbols_ = true;
};

KernelBuilder a_kernel();

/// The finding that `module` was built with another CRC of `symbol` than `owner` exports.
abi::Finding crc_differs(std::string_view symbol, std::uint32_t kernel_crc, std::uint64_t module_crc,
                         std::string_view module = "sample", std::string_view owner = "vmlinux");

/// The ids of findings, in order: what most tests claim.
std::vector<abi::FindingId> ids_of(const abi::Verdict& verdict);

}  // namespace kpkg::test
