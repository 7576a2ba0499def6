// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/verdict.hpp"

#include "abi/judge.hpp"
#include "abi/verdict_json.hpp"
#include "base/json.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::Severity;

TEST_CASE("the worst finding decides") {
  CHECK(abi::decide({}) == Decision::loads);
  CHECK(abi::decide({{.severity = Severity::note}}) == Decision::loads);
  CHECK(abi::decide({{.severity = Severity::note}, {.severity = Severity::taint}}) ==
        Decision::loads_with_taint);
  CHECK(abi::decide({{.severity = Severity::forced}, {.severity = Severity::taint}}) ==
        Decision::loads_forced);
  CHECK(abi::decide({{.severity = Severity::unknown}, {.severity = Severity::forced}}) == Decision::unknown);
  CHECK(abi::decide({{.severity = Severity::broken}, {.severity = Severity::unknown}}) == Decision::broken);
  CHECK(abi::decide({{.severity = Severity::refusal}, {.severity = Severity::broken}}) == Decision::refused);
}

TEST_CASE("only what loads by itself is installable without an override") {
  CHECK(abi::is_installable(Decision::loads));
  CHECK(abi::is_installable(Decision::loads_with_taint));
  CHECK_FALSE(abi::is_installable(Decision::loads_forced));
  CHECK_FALSE(abi::is_installable(Decision::unknown));
  CHECK_FALSE(abi::is_installable(Decision::broken));
  CHECK_FALSE(abi::is_installable(Decision::refused));
}

TEST_CASE("every name is read back as what it names, the first and the last ones too") {
  CHECK(abi::finding_id_named("architecture-unchecked") == abi::FindingId::architecture_unchecked);
  CHECK(abi::finding_id_named("license-taints") == abi::FindingId::license_taints);
  CHECK(abi::name_of(abi::FindingId::crc_differs) == "crc-differs");
  CHECK(abi::decision_named("loads_with_taint") == Decision::loads_with_taint);
  CHECK(abi::severity_named("refusal") == Severity::refusal);
  CHECK_FALSE(abi::finding_id_named("").has_value());
}

TEST_CASE("the sentence of a finding has the symbol and both values") {
  CHECK(abi::sentence(crc_differs("usb_submit_urb", 0x1111, 0x2222)) ==
        "usb_submit_urb: the types behind the symbol, which vmlinux exports, are not those that the module "
        "was built "
        "with (module: 0x00002222, kernel: 0x00001111)");
}

TEST_CASE("a verdict survives being written as text and read again") {
  const auto module = a_module().needing("a", 1).licensed("Proprietary").with_vermagic("x y").fingerprint();
  const auto verdict = abi::judge(module, a_kernel().facts(), {});

  const auto json = parse_json(json_text(abi::to_json(verdict)));

  CHECK(verdict.findings.size() > 2);
  CHECK(abi::verdict_from_json(json.value()) == verdict);
}

TEST_CASE("a verdict with a finding that this kpkg does not know is refused, not shortened") {
  auto json = abi::to_json(abi::judge(a_module().licensed("x").fingerprint(), a_kernel().facts(), {}));
  json["findings"][0]["id"] = "phase-of-the-moon";

  CHECK(abi::verdict_from_json(json).error().message ==
        "field id of the finding is not a finding that this kpkg knows");
}
