// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;

namespace {

abi::Verdict verdict_of(const ModuleBuilder& module, const KernelBuilder& kernel) {
  return abi::judge(module.fingerprint(), kernel.facts(), {});
}

}  // namespace

TEST_CASE("a symbol that nobody exports is refused with the kernel's words") {
  const auto verdict = verdict_of(a_module().needing("gone", 1), a_kernel());

  CHECK(ids_of(verdict) == std::vector{FindingId::symbol_unknown});
  CHECK(verdict.findings.front().kernel_says == "sample: Unknown symbol gone (err -2)");
  CHECK(verdict.findings.front().errno_name == "ENOENT");
}

TEST_CASE("a symbol that is missing from an incomplete list may exist") {
  auto kernel = a_kernel().facts();
  kernel.symbols->is_complete = false;

  CHECK(abi::judge(a_module().needing("gone", 1).fingerprint(), kernel, {}).decision == Decision::unknown);
}

TEST_CASE("a weak symbol that nobody exports is a note, but with another CRC it is refused") {
  const auto absent = verdict_of(a_module().needing_weakly("maybe"), a_kernel());
  const auto without_version =
      verdict_of(a_module().needing_weakly("maybe"), a_kernel().exporting("maybe", 1));

  CHECK(absent.decision == Decision::loads);
  CHECK(ids_of(absent) == std::vector{FindingId::weak_symbol_unknown});
  CHECK(ids_of(without_version) == std::vector{FindingId::crc_missing});
}

TEST_CASE("the linker's own symbol is nobody's on x86 and on s390, and unknown to others") {
  const auto module = a_module().needing_without_version("_GLOBAL_OFFSET_TABLE_");
  const auto decision_on = [&](elf::Architecture architecture) {
    return verdict_of(ModuleBuilder(module).for_architecture(architecture),
                      a_kernel().for_architecture(architecture))
        .decision;
  };

  CHECK(decision_on(x86_64) == Decision::loads);
  CHECK(decision_on(s390) == Decision::loads);
  CHECK(decision_on(arm64) == Decision::refused);
}

TEST_CASE("a symbol that the module has no version of is refused by Debian's kernels") {
  const auto verdict =
      verdict_of(a_module().needing_without_version("kmalloc"), a_kernel().exporting("kmalloc", 1));

  CHECK(ids_of(verdict) == std::vector{FindingId::crc_missing});
  CHECK(verdict.findings.front().kernel_says == "sample: no symbol version for kmalloc");
  CHECK(verdict.findings.front().errno_name == "EINVAL");
}

TEST_CASE("a CRC is compared in the full width of its word") {
  const auto verdict =
      verdict_of(a_module().needing("kmalloc", 0x100'0000'1111), a_kernel().exporting("kmalloc", 0x1111));

  CHECK(verdict.findings == std::vector{crc_differs("kmalloc", 0x1111, 0x100'0000'1111)});
}

TEST_CASE("a GPL-only symbol is unknown to a proprietary module, and the cause says why") {
  const auto verdict = verdict_of(a_module().licensed("Proprietary").needing("secret", 1),
                                  a_kernel().exporting_gpl("secret", 1));

  CHECK(ids_of(verdict) == std::vector{FindingId::symbol_gpl_only, FindingId::license_taints});
  CHECK(verdict.findings.front().kernel_says == "sample: Unknown symbol secret (err -2)");
  CHECK(verdict.findings.front().cause ==
        "the symbol of vmlinux is for GPL-compatible modules only; the module's license is Proprietary");
}

TEST_CASE("a namespace must be imported by its exact name") {
  const auto kernel = a_kernel().exporting_in("USB_STORAGE", "usb_stor", 1);

  CHECK(verdict_of(a_module().needing("usb_stor", 1).importing_namespace("USB_STORAGE"), kernel).decision ==
        Decision::loads);
  CHECK(ids_of(verdict_of(a_module().needing("usb_stor", 1).importing_namespace("USB"), kernel)) ==
        std::vector{FindingId::namespace_not_imported});
}

TEST_CASE("a namespace that is not imported is only warned of where the kernel allows it") {
  auto kernel = a_kernel().exporting_in("NS", "x", 1).facts();
  const auto module = a_module().needing("x", 1).fingerprint();

  kernel.loader.allows_missing_namespace = true;
  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads);
  kernel.loader.allows_missing_namespace.reset();
  CHECK(abi::judge(module, kernel, {}).decision == Decision::unknown);
}

TEST_CASE("a symbol for listed modules is given to them alone, dashes being underscores") {
  const auto kernel = a_kernel().released("6.16.0-test").exporting_in("module:kvm,kvm-*", "x", 1);
  const std::string vermagic = "6.16.0-test SMP preempt mod_unload modversions ";

  CHECK(verdict_of(a_module().named("kvm_intel").with_vermagic(vermagic).needing("x", 1), kernel).decision ==
        Decision::loads);
  CHECK(verdict_of(a_module().named("kvm").with_vermagic(vermagic).needing("x", 1), kernel).decision ==
        Decision::loads);
  CHECK(verdict_of(a_module().named("kvmfr").with_vermagic(vermagic).needing("x", 1), kernel).decision ==
        Decision::refused);
}

TEST_CASE("what a companion exports counts, with its CRC") {
  const std::array companions{a_module().named("library").exporting("lib_call", 0x5555).fingerprint()};

  const auto same = abi::judge(a_module().needing("lib_call", 0x5555).fingerprint(), a_kernel().facts(),
                               {.others = companions});
  const auto other = abi::judge(a_module().needing("lib_call", 0x6666).fingerprint(), a_kernel().facts(),
                                {.others = companions});

  CHECK(same.decision == Decision::loads);
  CHECK(other.findings == std::vector{crc_differs("lib_call", 0x5555, 0x6666, "sample", "library")});
}

TEST_CASE("a companion without CRCs is taken as it is") {
  const std::array companions{a_module().exporting("lib_call", 0).without_export_crcs().fingerprint()};
  const auto module = a_module().needing("lib_call", 7).fingerprint();

  CHECK(abi::judge(module, a_kernel().facts(), {.others = companions}).decision == Decision::loads);
}

TEST_CASE("a companion replaces a module of the kernel, but never the kernel itself") {
  const std::array companions{a_module().exporting("call", 2).fingerprint()};
  const auto module = a_module().needing("call", 2).fingerprint();

  CHECK(abi::judge(module, a_kernel().exporting("call", 1, "drivers/old").facts(), {.others = companions})
            .decision == Decision::loads);
  CHECK(abi::judge(module, a_kernel().exporting("call", 1).facts(), {.others = companions}).decision ==
        Decision::refused);
}

TEST_CASE("a symbol that the kernel itself exports cannot be exported again; one of its modules' can") {
  CHECK(ids_of(verdict_of(a_module().exporting("taken", 1), a_kernel().exporting("taken", 1))) ==
        std::vector{FindingId::export_duplicates_kernel});
  CHECK(
      verdict_of(a_module().exporting("taken", 1), a_kernel().exporting("taken", 1, "drivers/x")).decision ==
      Decision::loads);
}

TEST_CASE("before 6.16 a symbol for listed modules is for those that import the list itself") {
  const auto kernel = a_kernel().exporting_in("module:kvm", "x", 1);

  CHECK(verdict_of(a_module().named("kvm").needing("x", 1), kernel).decision == Decision::refused);
  CHECK(verdict_of(a_module().importing_namespace("module:kvm").needing("x", 1), kernel).decision ==
        Decision::loads);
}

TEST_CASE("since 6.16 a module that imports a list of modules is refused before any symbol") {
  auto kernel = a_kernel().facts();
  kernel.loader.knows_module_namespaces = true;
  const auto module = a_module().importing_namespace("module:kvm").needing("gone", 1).fingerprint();

  const auto verdict = abi::judge(module, kernel, {});

  CHECK(verdict.findings.front().id == FindingId::module_namespace_imported);
  CHECK(verdict.errno_name == "EPERM");
}

TEST_CASE("before 5.4 namespaces are not looked at") {
  auto kernel = a_kernel().exporting_in("NS", "x", 1).facts();
  kernel.loader.knows_namespaces = false;

  CHECK(abi::judge(a_module().needing("x", 1).fingerprint(), kernel, {}).decision == Decision::loads);
}

TEST_CASE(
    "a module that takes a symbol of a proprietary one becomes proprietary, and loses GPL-only symbols") {
  const std::array companions{
      a_module().named("blob").licensed("Proprietary").exporting("blob_call", 1).fingerprint()};
  const auto kernel = a_kernel().exporting_gpl("gpl_call", 1).facts();

  const auto alone =
      abi::judge(a_module().needing("blob_call", 1).fingerprint(), kernel, {.others = companions});
  const auto blob_first = abi::judge(a_module().needing("blob_call", 1).needing("gpl_call", 1).fingerprint(),
                                     kernel, {.others = companions});
  const auto gpl_first = abi::judge(a_module().needing("gpl_call", 1).needing("blob_call", 1).fingerprint(),
                                    kernel, {.others = companions});

  CHECK(ids_of(alone) == std::vector{FindingId::proprietary_inherited});
  CHECK(alone.decision == Decision::loads_with_taint);
  CHECK(ids_of(blob_first) ==
        std::vector{FindingId::symbol_gpl_only_after_proprietary, FindingId::proprietary_inherited});
  CHECK(ids_of(gpl_first) == std::vector{FindingId::symbol_of_proprietary});
  CHECK(gpl_first.errno_name == "ENOENT");
}

TEST_CASE("a symbol that another module exports too is a refusal only if that module must be loaded first") {
  const std::array companions{a_module().named("twin").exporting("call", 1).fingerprint()};
  const auto apart = a_module().exporting("call", 1).fingerprint();
  const auto together = a_module().exporting("call", 1).with_modinfo("depends", "twin").fingerprint();
  const auto successor = a_module().named("twin").exporting("call", 1).fingerprint();

  CHECK(ids_of(abi::judge(apart, a_kernel().facts(), {.others = companions})) ==
        std::vector{FindingId::export_duplicates_module});
  CHECK(abi::judge(apart, a_kernel().facts(), {.others = companions}).decision == Decision::loads);
  CHECK(abi::judge(together, a_kernel().facts(), {.others = companions}).errno_name == "ENOEXEC");
  CHECK(abi::judge(successor, a_kernel().facts(), {.others = companions}).findings.empty());
}

TEST_CASE("a companion that replaces a module of the kernel takes away what it does not export itself") {
  const std::array companions{a_module().named("old").fingerprint()};
  const auto kernel = a_kernel().exporting("call", 1, "kernel/drivers/old").facts();
  const auto module = a_module().needing("call", 1).fingerprint();

  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads);
  CHECK(abi::judge(module, kernel, {.others = companions}).errno_name == "ENOENT");
}

TEST_CASE("what a refused companion exports is nobody's, and the finding names that companion") {
  const std::array refused{a_module().named("library").exporting("lib_call", 0x5555).fingerprint()};
  const auto kernel = a_kernel().exporting("lib_call", 0x5555, "lib/library").facts();

  const auto verdict =
      abi::judge(a_module().needing("lib_call", 0x5555).fingerprint(), kernel, {.refused = refused});

  CHECK(ids_of(verdict) == std::vector{FindingId::provider_refused});
  CHECK(verdict.errno_name == "ENOENT");
  CHECK(verdict.findings.front().cause.find("the module library, which") != std::string::npos);
}

TEST_CASE("a symbol that a module which is loaded before exports too is a refusal") {
  const std::array companions{a_module().named("twin").exporting("call", 1).fingerprint()};
  const auto module = a_module().exporting("call", 1).fingerprint();

  const auto verdict = abi::judge(module, a_kernel().facts(), {.others = companions, .before = companions});

  CHECK(verdict.errno_name == "ENOEXEC");
  CHECK(verdict.findings.front().kernel_says == "sample: exports duplicate symbol call (owned by twin)");
}

TEST_CASE("5.10 does not say which symbol of a proprietary module it was") {
  const std::array companions{
      a_module().named("blob").licensed("Proprietary").exporting("blob_call", 1).fingerprint()};
  auto kernel = a_kernel().facts();
  const auto said = [&](bool names_it) {
    kernel.loader.names_inherited_symbols = names_it;
    const auto module = a_module().needing("blob_call", 1).fingerprint();
    return abi::judge(module, kernel, {.others = companions}).findings.front().kernel_says;
  };

  CHECK(said(true) ==
        "sample: module uses symbols blob_call from proprietary module blob, inheriting taint.");
  CHECK(said(false) == "sample: module uses symbols from proprietary module blob, inheriting taint.");
}
