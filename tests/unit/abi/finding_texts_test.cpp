// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_texts.hpp"

#include <doctest/doctest.h>

using namespace kpkg::abi;

TEST_CASE("the texts of a finding are filled in with what it is about") {
  const auto finding = make_finding(FindingId::namespace_not_imported, Severity::refusal,
                                    {.module = "x",
                                     .release = "6.1",
                                     .symbol = "call",
                                     .module_value = {},
                                     .kernel_value = "NS",
                                     .detail = {}});

  CHECK(finding.kernel_says == "x: module uses symbol (call) from namespace NS, but does not import it.");
  CHECK(finding.remedy == "add MODULE_IMPORT_NS for NS to the module's source and build it again");
  CHECK(finding.symbol == "call");
}

TEST_CASE("an unchecked finding says what to give so that it can be checked") {
  const auto finding = make_finding(FindingId::layout_unchecked, Severity::unknown, {.release = "6.1"});

  CHECK(finding.cause == "the layout of struct module in kernel 6.1 is not known");
  CHECK_FALSE(finding.remedy.empty());
}
