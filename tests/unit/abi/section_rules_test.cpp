// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;
using elf::RelocationTarget;

namespace {

/// The verdict on a sound module whose shape is changed by `change`.
template <typename Change>
abi::Verdict verdict_after(Change change, const abi::KernelFacts& kernel = a_kernel().facts()) {
  auto module = a_module().for_architecture(*kernel.architecture).fingerprint();
  change(module.shape);
  return abi::judge(module, kernel, {});
}

abi::Verdict verdict_on_type(std::uint32_t type, RelocationTarget target, const abi::KernelFacts& kernel) {
  return verdict_after(
      [&](abi::Shape& shape) {
        shape.relocations = {{type, target, ".rela.text"}};
      },
      kernel);
}

constexpr elf::Architecture riscv{243, elf::ElfClass::elf64, elf::ByteOrder::little};

}  // namespace

TEST_CASE("a section that the kernel's own modules have is demanded, and ftrace's is missed silently") {
  auto kernel = a_kernel().for_architecture(arm64).facts();
  kernel.loader.required_sections = std::vector<std::string>{".plt", ".text.ftrace_trampoline"};

  const auto without = verdict_after([](abi::Shape&) {}, kernel);
  const auto with = verdict_after(
      [](abi::Shape& shape) {
        shape.arch_sections = {".plt", ".text.ftrace_trampoline", ".init.plt"};
      },
      kernel);

  CHECK(ids_of(without) ==
        std::vector{FindingId::plt_section_missing, FindingId::trampoline_section_missing});
  CHECK(without.findings[0].kernel_says == "sample: module PLT section(s) missing");
  CHECK(without.findings[1].kernel_says.empty());
  CHECK(with.decision == Decision::loads);
}

TEST_CASE("a live patch taints a kernel that takes them, and is refused by another") {
  const auto mark = [](abi::Shape& shape) { shape.is_livepatch = true; };
  auto without = a_kernel().facts();
  without.loader.has_livepatch = false;

  CHECK(verdict_after(mark).taints == "OK");
  CHECK(verdict_after(mark).decision == Decision::loads_with_taint);
  CHECK(verdict_after(mark, without).errno_name == "ENOEXEC");
}

TEST_CASE("what a module says of itself is a taint") {
  CHECK(verdict_after([](abi::Shape&) {}).taints == "O");
  CHECK(verdict_after([](abi::Shape& shape) { shape.is_staging = true; }).taints == "CO");
  CHECK(verdict_after([](abi::Shape& shape) { shape.is_test = true; }).taints == "ON");
}

TEST_CASE("more per-CPU variables than there is room for do not fit") {
  CHECK(verdict_after([](abi::Shape& shape) { shape.per_cpu_size = 8192; }).decision == Decision::loads);
  CHECK(verdict_after([](abi::Shape& shape) { shape.per_cpu_size = 8193; }).errno_name == "ENOMEM");
}

TEST_CASE("a kernel for one processor has no per-CPU variables that could be too many") {
  const auto kernel = a_kernel().with_vermagic("6.1.0-test mod_unload modversions ").facts();
  auto module = a_module().with_vermagic(*kernel.vermagic).fingerprint();
  module.shape.per_cpu_size = 1'000'000;

  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads);
}

TEST_CASE("since 7.1 exports need flags, and those in the old table for GPL modules are nobody's") {
  auto kernel = a_kernel().facts();
  kernel.loader.demands_export_flags = true;

  CHECK(ids_of(abi::judge(a_module().exporting("x", 1).fingerprint(), kernel, {})) ==
        std::vector{FindingId::exports_without_flags});
  CHECK(ids_of(abi::judge(a_module().exporting_gpl("x", 1).fingerprint(), kernel, {})) ==
        std::vector{FindingId::exports_ignored});
  CHECK(abi::judge(a_module().exporting("x", 1).with_exports_as_in(ExportEra::flags_7_1).fingerprint(),
                   kernel, {})
            .findings.empty());
}

TEST_CASE("two names of one module are worth a note") {
  CHECK(ids_of(verdict_after([](abi::Shape& shape) { shape.inner_name = "other"; })) ==
        std::vector{FindingId::names_differ});
}

TEST_CASE("a module without a name cannot be registered, unless its layout is a random one") {
  auto module = a_module().fingerprint();
  module.shape.is_nameless = true;
  auto random = module;
  random.vermagic = "6.1.0-test SMP RANDSTRUCT_abc";

  CHECK(abi::judge(module, a_kernel().facts(), {}).errno_name == "EINVAL");
  CHECK(abi::judge(random, a_kernel().with_vermagic(*random.vermagic).facts(), {}).errno_name.empty());
}

TEST_CASE("modules of two names are taken for proprietary, whatever their license says") {
  const auto kernel = a_kernel().exporting_gpl("x", 1).facts();

  CHECK(abi::judge(a_module().named("driverloader").needing("x", 1).fingerprint(), kernel, {}).errno_name ==
        "ENOENT");
}

TEST_CASE("a relocation that the kernel does not know is refused with its machine's line and error") {
  const auto on_x86 = verdict_on_type(9, RelocationTarget::undefined, a_kernel().facts());
  const auto on_arm64 =
      verdict_on_type(311, RelocationTarget::undefined, a_kernel().for_architecture(arm64).facts());
  const auto on_riscv =
      verdict_on_type(60, RelocationTarget::defined, a_kernel().for_architecture(riscv).facts());
  const auto on_new_riscv =
      verdict_on_type(60, RelocationTarget::defined,
                      a_kernel()
                          .released("6.12.1")
                          .with_vermagic("6.1.0-test SMP preempt mod_unload modversions ")
                          .for_architecture(riscv)
                          .facts());

  CHECK(on_x86.findings.front().kernel_says == "module: sample: Unknown rela relocation: 9");
  CHECK(on_x86.errno_name == "ENOEXEC");
  CHECK(on_arm64.findings.front().kernel_says == "module sample: unsupported RELA relocation: 311");
  CHECK(on_riscv.errno_name == "EINVAL");
  CHECK(on_new_riscv.decision == Decision::loads);
}

TEST_CASE(
    "32 bits of an address never fit on x86-64 and arm64, those of a number or a per-CPU variable may") {
  const auto x86 = a_kernel().facts();
  const auto arm = a_kernel().for_architecture(arm64).facts();

  CHECK(ids_of(verdict_on_type(10, RelocationTarget::defined, x86)) ==
        std::vector{FindingId::relocation_overflows});
  CHECK(verdict_on_type(10, RelocationTarget::absolute, x86).decision == Decision::loads);
  CHECK(verdict_on_type(10, RelocationTarget::per_cpu, x86).decision == Decision::loads);
  CHECK(verdict_on_type(258, RelocationTarget::undefined, arm).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(280, RelocationTarget::undefined, arm).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(280, RelocationTarget::defined, arm).decision == Decision::loads);
}

TEST_CASE("s390 refuses relocations of dynamic linkers silently, and unknown ones with a line of its own") {
  const auto kernel = a_kernel().for_architecture(s390).facts();

  const auto unknown = verdict_on_type(64, RelocationTarget::undefined, kernel);
  const auto dynamic = verdict_on_type(12, RelocationTarget::undefined, kernel);

  CHECK(verdict_on_type(26, RelocationTarget::undefined, kernel).decision == Decision::loads);
  CHECK(unknown.findings.front().kernel_says == "module sample: unknown relocation: 64");
  CHECK(unknown.errno_name == "ENOEXEC");
  CHECK(dynamic.errno_name == "ENOEXEC");
  CHECK(dynamic.findings.front().kernel_says.empty());
}

TEST_CASE("32 bits of an address in a module never fit on s390, those of one in the kernel may, 16 do not") {
  const auto kernel = a_kernel().for_architecture(s390).facts();

  const auto verdict = verdict_on_type(4, RelocationTarget::defined, kernel);

  CHECK(verdict.errno_name == "ENOEXEC");
  CHECK(verdict.findings.front().kernel_says == "module sample: relocation error for symbol");
  CHECK(verdict_on_type(4, RelocationTarget::undefined, kernel).decision == Decision::loads);
  CHECK(verdict_on_type(3, RelocationTarget::undefined, kernel).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(3, RelocationTarget::absolute, kernel).decision == Decision::loads);
}

TEST_CASE("a call to far behind its symbol overflows on s390, and 64 bits hold everything") {
  const auto kernel = a_kernel().for_architecture(s390).facts();

  CHECK(verdict_on_type(20, RelocationTarget::far, kernel).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(22, RelocationTarget::far, kernel).decision == Decision::loads);
}

TEST_CASE("32 bits of an address may fit where the kernel itself lies low, as User-mode Linux does") {
  auto kernel = a_kernel().facts();
  kernel.loader.lies_low = true;

  CHECK(verdict_on_type(10, RelocationTarget::undefined, kernel).decision == Decision::unknown);
  CHECK(verdict_on_type(11, RelocationTarget::defined, kernel).decision == Decision::unknown);
  CHECK(verdict_on_type(11, RelocationTarget::absolute, kernel).decision == Decision::loads);
  CHECK(verdict_on_type(11, RelocationTarget::defined, a_kernel().facts()).decision == Decision::loads);
}

TEST_CASE("32 bits of an address never hold it on x86-64, however far behind its symbol it is") {
  const auto kernel = a_kernel().facts();

  CHECK(verdict_on_type(10, RelocationTarget::far, kernel).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(10, RelocationTarget::defined, kernel).errno_name == "ENOEXEC");
  CHECK(verdict_on_type(10, RelocationTarget::absolute, kernel).decision == Decision::loads);
}
