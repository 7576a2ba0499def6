// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;
using abi::Severity;

namespace {

abi::Verdict verdict_of(const ModuleBuilder& module, const KernelBuilder& kernel) {
  return abi::judge(module.fingerprint(), kernel.facts(), {});
}

/// The only finding of a verdict.
abi::Finding finding_of(const ModuleBuilder& module, const KernelBuilder& kernel) {
  const auto verdict = verdict_of(module, kernel);
  REQUIRE(verdict.findings.size() == 1);
  return verdict.findings.front();
}

}  // namespace

TEST_CASE("a module for another machine is refused with the kernel's words") {
  const auto finding = finding_of(a_module().for_architecture(arm64), a_kernel());

  CHECK(finding.id == FindingId::machine_differs);
  CHECK(finding.kernel_says == "Invalid architecture in ELF header: 183");
  CHECK(finding.errno_name == "ENOEXEC");
  CHECK(abi::sentence(finding) ==
        "the module was built for arm64, the kernel runs on x86-64 (module: arm64, kernel: x86-64)");
}

TEST_CASE("another class and byte order are reasons of their own") {
  const auto verdict = verdict_of(a_module().for_architecture(powerpc), a_kernel().for_architecture(s390));

  CHECK(ids_of(verdict) == std::vector{FindingId::machine_differs, FindingId::class_differs});
  CHECK(ids_of(verdict_of(a_module().for_architecture(s390), a_kernel())) ==
        std::vector{FindingId::machine_differs, FindingId::byte_order_differs});
}

TEST_CASE("a wrong size of struct module is broken where the kernel does not look, refused where it does") {
  const auto module = a_module().with_layout(960, 0x138, 0x350).fingerprint();
  auto kernel = a_kernel().facts();

  kernel.loader.checks_layout_size = false;
  CHECK(abi::judge(module, kernel, {}).decision == Decision::broken);
  kernel.loader.checks_layout_size = true;
  const auto verdict = abi::judge(module, kernel, {});

  CHECK(verdict.decision == Decision::refused);
  CHECK(verdict.findings.front().kernel_says ==
        "module sample: .gnu.linkonce.this_module section size must match the kernel's built struct module "
        "size at run "
        "time");
  CHECK(verdict.findings.front().module_value == "960");
  CHECK(verdict.findings.front().kernel_value == "896");
}

TEST_CASE("where nobody knows whether the kernel looks at the size, its release decides") {
  const auto module = a_module().with_layout(960, 0x138, 0x350).fingerprint();
  auto old_kernel = a_kernel().released("6.3.9-x").facts();
  auto new_kernel = a_kernel().released("6.12.0-x").facts();
  old_kernel.loader.checks_layout_size.reset();
  new_kernel.loader.checks_layout_size.reset();

  CHECK(abi::judge(module, old_kernel, {}).decision == Decision::broken);
  CHECK(abi::judge(module, new_kernel, {}).decision == Decision::refused);
}

TEST_CASE("a struct module of the right size with a pointer elsewhere is broken") {
  const auto init = finding_of(a_module().with_layout(896, 0x130, 0x350), a_kernel());
  const auto exit = finding_of(a_module().with_layout(896, 0x138, 0x308), a_kernel());

  CHECK(init.id == FindingId::layout_init_offset_differs);
  CHECK(exit.id == FindingId::layout_exit_offset_differs);
  CHECK(exit.severity == Severity::broken);
  CHECK(exit.module_value == "0x308");
  CHECK(exit.kernel_value == "0x350");
}

TEST_CASE("x86 refuses a pointer that lies where the kernel has filled in something; arm64 does not notice") {
  const auto exit = a_module().with_layout(896, 0x138, 0x340).fingerprint();
  const auto init = a_module().with_layout(896, 0x140, 0x350).fingerprint();
  const auto elsewhere = a_module().for_architecture(arm64).with_layout(896, 0x140, 0x350).fingerprint();

  const auto in_padding = a_module().with_layout(896, 0x158, 0x350).fingerprint();
  const auto padded = a_kernel().with_layout(896, 0x150, 0x350).facts();

  CHECK(abi::judge(exit, a_kernel().facts(), {}).errno_name == "ENOEXEC");
  CHECK(abi::judge(in_padding, padded, {}).decision == Decision::broken);
  CHECK(abi::judge(init, a_kernel().facts(), {}).errno_name == "ENOEXEC");
  CHECK(abi::judge(elsewhere, a_kernel().for_architecture(arm64).facts(), {}).decision == Decision::broken);
}

TEST_CASE("kernels tell of a filled place in the words of their time") {
  const auto module = a_module().with_layout(896, 0x138, 0x340).fingerprint();
  auto kernel = a_kernel().facts();
  kernel.loader.demands_single_sections = false;

  CHECK(abi::judge(module, kernel, {}).findings.front().kernel_says ==
        "module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1");
  kernel.loader.demands_single_sections = true;
  kernel.loader.names_relocations = true;
  CHECK(abi::judge(module, kernel, {}).findings.front().kernel_says ==
        "module: x86/modules: Invalid relocation target, existing value is nonzero for sec …, idx …, type 1");
}

TEST_CASE("a module without init or exit function has nothing to compare, and loads") {
  CHECK(verdict_of(a_module().with_layout(896, {}, {}), a_kernel()).decision == Decision::loads);
}

TEST_CASE("an object without struct module is refused whatever is known of the kernel") {
  auto kernel = a_kernel().facts();
  kernel.layout.reset();

  CHECK(ids_of(abi::judge(a_module().without_this_module().fingerprint(), kernel, {})) ==
        std::vector{FindingId::this_module_missing});
}

TEST_CASE("the release may differ where both sides have symbol versions") {
  CHECK(verdict_of(a_module().with_vermagic("6.1.0-other SMP preempt mod_unload modversions "), a_kernel())
            .decision == Decision::loads);
}

TEST_CASE("the release may not differ on a kernel without symbol versions, and the cause names uname") {
  const auto finding = finding_of(a_module().with_vermagic("6.2.0-host SMP preempt mod_unload "),
                                  a_kernel().without_modversions());

  CHECK(finding.id == FindingId::vermagic_differs);
  CHECK(finding.kernel_says ==
        "sample: version magic '6.2.0-host SMP preempt mod_unload ' should be '6.1.0-test SMP preempt "
        "mod_unload '");
  CHECK(finding.cause ==
        "the release is 6.2.0-host instead of 6.1.0-test; nothing else differs: the module's Makefile asked "
        "`uname -r`, "
        "or the tree is another kernel's");
}

TEST_CASE("the release may not differ for a module that has only extended versions") {
  const auto verdict = verdict_of(a_module()
                                      .with_vermagic("6.15.0-other SMP preempt mod_unload modversions ")
                                      .without_versions()
                                      .with_extended_versions(),
                                  a_kernel().released("6.15.0-test"));

  CHECK(verdict.findings.front().id == FindingId::vermagic_differs);
}

TEST_CASE("a missing word of vermagic is named even where the release is skipped") {
  const auto finding =
      finding_of(a_module().with_vermagic("6.1.0-other SMP mod_unload modversions "), a_kernel());

  CHECK(finding.cause == "'preempt' missing");
}

TEST_CASE("a module without vermagic is refused, forced or unknown as the kernel's configuration is") {
  const auto module = a_module().without_vermagic().fingerprint();
  auto kernel = a_kernel().facts();

  CHECK(abi::judge(module, kernel, {}).decision == Decision::refused);
  kernel.loader.force_load = true;
  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads_forced);
  CHECK(abi::judge(module, kernel, {}).findings.front().kernel_says ==
        "sample: bad vermagic: kernel tainted.");
  kernel.loader.force_load.reset();
  CHECK(abi::judge(module, kernel, {}).decision == Decision::unknown);
}

TEST_CASE("a license taints unless it is one of the kernel's, to the last blank") {
  CHECK(verdict_of(a_module().licensed("Dual MIT/GPL"), a_kernel()).decision == Decision::loads);
  CHECK(verdict_of(a_module().licensed("GPL v2 "), a_kernel()).decision == Decision::loads_with_taint);
  CHECK(finding_of(a_module().unlicensed(), a_kernel()).kernel_says ==
        "sample: module license 'unspecified' taints kernel.");
}

TEST_CASE("braces in a value of the module stay what they are") {
  CHECK(finding_of(a_module().licensed("{kernel_value}{"), a_kernel()).kernel_says ==
        "sample: module license '{kernel_value}{' taints kernel.");
}
