// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/kernel_builder.hpp"

#include <fmt/format.h>

namespace kpkg::test {

KernelBuilder& KernelBuilder::released(std::string release) {
  const auto rest = facts_.vermagic->substr(facts_.vermagic->find(' '));
  facts_.vermagic = release + rest;
  facts_.loader = abi::merged(abi::features_of_release(release), facts_.loader);
  facts_.release = std::move(release);
  return *this;
}

KernelBuilder& KernelBuilder::with_vermagic(std::string vermagic) {
  facts_.vermagic = std::move(vermagic);
  return *this;
}

KernelBuilder& KernelBuilder::with_layout(std::uint64_t size, std::uint64_t init, std::uint64_t exit) {
  facts_.layout = abi::Layout{.size = size, .init_offset = init, .exit_offset = exit};
  return *this;
}

KernelBuilder& KernelBuilder::for_architecture(elf::Architecture architecture) {
  facts_.architecture = architecture;
  return *this;
}

KernelBuilder& KernelBuilder::exporting(abi::KernelSymbol symbol) {
  symbols_.push_back(std::move(symbol));
  return *this;
}

KernelBuilder& KernelBuilder::exporting(std::string symbol, std::uint32_t crc, std::string owner) {
  return exporting({.name = std::move(symbol), .crc = crc, .owner = std::move(owner)});
}

KernelBuilder& KernelBuilder::exporting_gpl(std::string symbol, std::uint32_t crc, std::string owner) {
  return exporting({.name = std::move(symbol), .crc = crc, .owner = std::move(owner), .gpl_only = true});
}

KernelBuilder& KernelBuilder::exporting_in(std::string name_space, std::string symbol, std::uint32_t crc) {
  return exporting({.name = std::move(symbol),
                    .crc = crc,
                    .owner = "vmlinux",
                    .gpl_only = false,
                    .name_space = std::move(name_space)});
}

KernelBuilder& KernelBuilder::without_modversions() {
  facts_.modversions = false;
  facts_.vermagic = facts_.release + " SMP preempt mod_unload ";
  return *this;
}

KernelBuilder& KernelBuilder::checking_signatures() {
  facts_.signature_policy = {.checks = true,
                             .enforces = false,
                             .is_locked_down = false,
                             .can_lock_down = true,
                             .locks_in_secure_boot = false,
                             .trusts_owner_keys = true,
                             .built_in_keys = std::vector<abi::TrustedKey>(),
                             .digests = std::vector<std::string>{"sha1", "sha256", "sha512"}};
  return *this;
}

KernelBuilder& KernelBuilder::trusting(std::string_view certificate) {
  if (!facts_.signature_policy.built_in_keys) checking_signatures();
  facts_.signature_policy.built_in_keys->push_back(
      abi::key_of_certificate(certificate, "the kernel's image").value());
  return *this;
}

KernelBuilder& KernelBuilder::enforcing_signatures() {
  if (!facts_.signature_policy.built_in_keys) checking_signatures();
  facts_.signature_policy.enforces = true;
  return *this;
}

KernelBuilder& KernelBuilder::booted_with(std::string_view line) {
  facts_.gates = abi::gates_of_command_line(line, facts_.signature_policy);
  return *this;
}

KernelBuilder& KernelBuilder::forcing_loads() {
  facts_.loader.force_load = true;
  return *this;
}

KernelBuilder& KernelBuilder::without_symbols() {
  has_symbols_ = false;
  return *this;
}

/// That of 6.1.192 as Debian patches it, but for the waivers, which differ between kernels and tests.
abi::LoaderFeatures KernelBuilder::loader_of_debian_12() {
  auto loader = abi::features_of_release("6.1");
  loader.checks_symbol_sections = true;
  loader.runs_constructors = false;
  loader.has_livepatch = true;
  loader.force_load = false;
  loader.allows_missing_namespace = false;
  loader.refuses_missing_version = true;
  loader.required_sections = std::vector<std::string>{};
  return loader;
}

abi::KernelFacts KernelBuilder::facts() const {
  abi::KernelFacts facts = facts_;
  if (has_symbols_) {
    facts.symbols = abi::KernelSymbols{
        .table = abi::SymbolTable::from(symbols_), .origin = "the test", .is_complete = true};
  }
  return facts;
}

KernelBuilder a_kernel() {
  return {};
}

abi::Finding crc_differs(std::string_view symbol, std::uint32_t kernel_crc, std::uint64_t module_crc,
                         std::string_view module, std::string_view owner) {
  return {.id = abi::FindingId::crc_differs,
          .severity = abi::Severity::refusal,
          .symbol = std::string(symbol),
          .module_value = fmt::format("{:#010x}", module_crc),
          .kernel_value = fmt::format("{:#010x}", kernel_crc),
          .kernel_says = fmt::format("{}: disagrees about version of symbol {}", module, symbol),
          .errno_name = "EINVAL",
          .cause = fmt::format(
              "the types behind the symbol, which {} exports, are not those that the module was built with",
              owner),
          .remedy =
              "build the module again with the headers of kernel 6.1.0-test; if another module exports the "
              "symbol, "
              "build that one first"};
}

std::vector<abi::FindingId> ids_of(const abi::Verdict& verdict) {
  std::vector<abi::FindingId> ids;
  for (const abi::Finding& finding : verdict.findings) ids.push_back(finding.id);
  return ids;
}

}  // namespace kpkg::test
