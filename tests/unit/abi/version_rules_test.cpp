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

TEST_CASE("another module_layout is refused with the kernel's words") {
  const auto verdict = abi::judge(a_module().with_layout_crc(7).fingerprint(), a_kernel().facts(), {});

  CHECK(ids_of(verdict) == std::vector{FindingId::module_layout_crc_differs});
  CHECK(verdict.findings.front().kernel_says == "sample: disagrees about version of symbol module_layout");
  CHECK(verdict.findings.front().errno_name == "ENOEXEC");
}

TEST_CASE("a missing version of module_layout is refused by Debian's kernels and only warned of by others") {
  const auto module = a_module().without_layout_crc().fingerprint();
  auto kernel = a_kernel().facts();

  CHECK(abi::judge(module, kernel, {}).decision == Decision::refused);
  kernel.loader.refuses_missing_version = false;
  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads);
  CHECK(abi::judge(module, kernel, {}).findings.front().severity == Severity::note);
  kernel.loader.refuses_missing_version.reset();
  CHECK(abi::judge(module, kernel, {}).decision == Decision::unknown);
}

TEST_CASE("a table of symbols without module_layout leaves that CRC unchecked") {
  auto kernel = a_kernel().facts();
  kernel.symbols->table = abi::SymbolTable::from({});

  CHECK(ids_of(abi::judge(a_module().fingerprint(), kernel, {})) ==
        std::vector{FindingId::module_layout_crc_unchecked});
}

TEST_CASE("a module without versions is refused, and loads by force where the kernel allows that") {
  const auto module = a_module().needing("kmalloc", 1).without_versions().fingerprint();
  const auto strict = abi::judge(module, a_kernel().exporting("kmalloc", 1).facts(), {});
  const auto lenient = abi::judge(module, a_kernel().exporting("kmalloc", 1).forcing_loads().facts(), {});

  CHECK(strict.decision == Decision::refused);
  CHECK(ids_of(strict) == std::vector{FindingId::no_versions});
  CHECK(lenient.decision == Decision::loads_forced);
  CHECK(lenient.findings.front().kernel_says == "sample: module_layout: kernel tainted.");
}

TEST_CASE(
    "a module without versions and with another release is refused even where the kernel forces loads") {
  const auto module = a_module()
                          .without_versions()
                          .with_vermagic("6.1.0-other SMP preempt mod_unload modversions ")
                          .fingerprint();

  CHECK(abi::judge(module, a_kernel().forcing_loads().facts(), {}).decision == Decision::refused);
}

TEST_CASE("a kernel without symbol versions ignores those of the module") {
  const auto module = a_module()
                          .needing("kmalloc", 7)
                          .with_vermagic("6.1.0-test SMP preempt mod_unload ")
                          .with_layout_crc(9)
                          .fingerprint();

  CHECK(abi::judge(module, a_kernel().exporting("kmalloc", 0).without_modversions().facts(), {}).decision ==
        Decision::loads);
}

TEST_CASE("extended versions count on a kernel that reads them, and then alone") {
  const auto module =
      a_module().needing("kmalloc", 1).with_extended_versions().without_versions().fingerprint();
  auto kernel = a_kernel().exporting("kmalloc", 1).facts();

  kernel.loader.reads_extended_versions = true;
  CHECK(abi::judge(module, kernel, {}).decision == Decision::loads);
  kernel.loader.reads_extended_versions = false;
  CHECK(ids_of(abi::judge(module, kernel, {})) == std::vector{FindingId::no_versions});
}

TEST_CASE("a symbol without extended version is only warned of, also by Debian's kernels") {
  auto kernel = a_kernel().exporting("kmalloc", 1).facts();
  kernel.loader.reads_extended_versions = true;
  const auto module = a_module().needing_without_version("kmalloc").with_extended_versions().fingerprint();

  const auto verdict = abi::judge(module, kernel, {});

  CHECK(verdict.decision == Decision::loads);
  CHECK(verdict.findings.front().kernel_says == "sample: no extended symbol version for kmalloc");
}

TEST_CASE("exports without CRCs are refused by a kernel with symbol versions that does not force loads") {
  const auto module = a_module().exporting("mine", 1).without_export_crcs().fingerprint();

  CHECK(ids_of(abi::judge(module, a_kernel().facts(), {})) == std::vector{FindingId::exports_without_crcs});
  CHECK(abi::judge(module, a_kernel().forcing_loads().facts(), {}).decision == Decision::loads_forced);
}
