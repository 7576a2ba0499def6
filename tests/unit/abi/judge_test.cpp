// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"

#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;

TEST_CASE("a module that has all that the kernel demands loads without a finding") {
  const auto kernel = a_kernel().exporting("usb_submit_urb", 0x1111).facts();
  const auto module = a_module().needing("usb_submit_urb", 0x1111).fingerprint();

  const auto verdict = abi::judge(module, kernel, {});

  CHECK(verdict.decision == Decision::loads);
  CHECK(verdict.findings.empty());
  CHECK(verdict.module == "sample");
  CHECK(verdict.release == "6.1.0-test");
  CHECK(verdict.digest == module.digest);
}

TEST_CASE("a module whose CRC differs for one symbol is refused, and the finding names the symbol") {
  const auto kernel = a_kernel().exporting("usb_submit_urb", 0x1111).facts();
  const auto module = a_module().needing("usb_submit_urb", 0x2222).fingerprint();

  const auto verdict = abi::judge(module, kernel, {});

  CHECK(verdict.decision == Decision::refused);
  CHECK(verdict.findings == std::vector{crc_differs("usb_submit_urb", 0x1111, 0x2222)});
}

TEST_CASE("every reason is reported, in an order that does not depend on the file") {
  const auto kernel = a_kernel().exporting("b", 1).exporting("a", 1).facts();
  const auto module = a_module()
                          .for_architecture(arm64)
                          .licensed("Proprietary")
                          .with_vermagic("5.4 SMP ")
                          .with_layout(960, 0x150, 0x350)
                          .needing("b", 2)
                          .needing("missing", 3)
                          .needing("a", 2)
                          .fingerprint();

  const auto verdict = abi::judge(module, kernel, {});

  CHECK(ids_of(verdict) == std::vector{FindingId::machine_differs, FindingId::layout_size_differs,
                                       FindingId::vermagic_differs, FindingId::symbol_unknown,
                                       FindingId::crc_differs, FindingId::crc_differs,
                                       FindingId::layout_init_offset_differs, FindingId::license_taints});
  CHECK(verdict.findings[4].symbol == "a");
  CHECK(verdict.findings[5].symbol == "b");
}

TEST_CASE("of a kernel of which nothing is known, nothing is said to load") {
  const auto module = a_module().needing("kmalloc", 1).fingerprint();

  const auto verdict = abi::judge(module, {.release = "6.1"}, {});

  CHECK(verdict.decision == Decision::unknown);
  CHECK(ids_of(verdict) == std::vector{FindingId::signature_policy_unchecked,
                                       FindingId::architecture_unchecked, FindingId::layout_unchecked,
                                       FindingId::versions_unchecked, FindingId::vermagic_unchecked,
                                       FindingId::symbols_unchecked});
  CHECK(verdict.findings.back().cause ==
        "which symbols kernel 6.1 exports is not known: 1 symbol not checked");
}

TEST_CASE("what is certain outweighs what is not known") {
  auto kernel = a_kernel().without_symbols().facts();
  const auto module = a_module().with_vermagic("5.4 ").needing("kmalloc", 1).fingerprint();

  CHECK(abi::judge(module, kernel, {}).decision == Decision::refused);
}

TEST_CASE("the error that the user meets is that of the first step that fails, as the kernel takes them") {
  const auto kernel = a_kernel().exporting("a", 1).facts();

  CHECK(abi::judge(a_module().needing("gone", 1).fingerprint(), kernel, {}).errno_name == "ENOENT");
  CHECK(abi::judge(a_module().needing("gone", 1).with_vermagic("x").fingerprint(), kernel, {}).errno_name ==
        "ENOEXEC");
  CHECK(abi::judge(a_module().needing("a", 1).fingerprint(), kernel, {}).errno_name.empty());
  CHECK(abi::judge(a_module().with_layout(960, 0x138, 0x350).fingerprint(), kernel, {}).errno_name.empty());
}

TEST_CASE("of several bad symbols, the last one of the symbol table gives the error") {
  const auto kernel = a_kernel().exporting("known", 1).facts();
  const auto bad_crc_last = a_module().needing("unknown", 1).needing("known", 2).fingerprint();
  const auto bad_crc_first = a_module().needing("known", 2).needing("unknown", 1).fingerprint();

  CHECK(abi::judge(bad_crc_last, kernel, {}).errno_name == "EINVAL");
  CHECK(abi::judge(bad_crc_first, kernel, {}).errno_name == "ENOENT");
}
