// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/explain.hpp"

#include "abi/messages.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace kpkg;
using namespace kpkg::abi;

namespace {

Explanation explained(const std::string& line) {
  auto all = explain(line).explanations;
  return all.empty() ? Explanation{.id = "unknown"} : all.front();
}

/// Names of findings in any message that the judge does not have.
std::vector<std::string> findings_that_are_none() {
  std::vector<std::string> wrong;
  for (const auto table : messages())
    for (const auto& row : table)
      for (const auto& name : words(row.findings))
        if (!finding_id_named(name)) wrong.push_back(name);
  return wrong;
}

std::vector<std::string> ids_that_are_there_twice() {
  std::vector<std::string> twice;
  std::set<std::string_view> seen;
  for (const auto table : messages())
    for (const auto& row : table)
      if (!seen.insert(row.id).second) twice.emplace_back(row.id);
  return twice;
}

std::vector<std::string> ids_that_are_followed_and_not_there() {
  std::set<std::string_view> known;
  for (const auto table : messages())
    for (const auto& row : table) known.insert(row.id);
  std::vector<std::string> missing;
  for (const auto table : messages())
    for (const auto& row : table)
      for (const auto& name : words(row.follows))
        if (!known.contains(name)) missing.push_back(name);
  return missing;
}

}  // namespace

TEST_CASE("a vermagic that differs is told by its words") {
  const auto told = explained(
      "[   12.345678] sample: version magic '6.1.0-55-amd64 SMP mod_unload ' should be '6.1.0-56-amd64 SMP "
      "preempt "
      "mod_unload '");

  CHECK(told.id == "vermagic-differs");
  CHECK(told.errno_name == "ENOEXEC");
  CHECK(told.findings == std::vector<std::string>{"vermagic-differs"});
  CHECK(told.found.module == "sample");
  CHECK(told.cause ==
        "the module was built for another kernel: the release is 6.1.0-55-amd64 instead of 6.1.0-56-amd64; "
        "'preempt' "
        "missing");
}

TEST_CASE("a vermagic of which only the release differs is told as one that no versions stand in for") {
  const auto told = explained("m: version magic '7.2.12 SMP ' should be '7.2.13 SMP '");

  CHECK(told.cause.ends_with("symbol versions that would count instead"));
}

TEST_CASE("the number of a machine is told by its name") {
  CHECK(explained("Invalid architecture in ELF header: 183").cause ==
        "the module was built for another processor: arm64");
  CHECK(explained("Invalid architecture in ELF header: ?").cause ==
        "the module was built for another processor: ?");
}

TEST_CASE("the refusal that follows another line about the symbol is told with that line") {
  const auto told = explain(
      "[1.0] sample: disagrees about version of symbol usb_submit_urb\n"
      "[1.0] sample: Unknown symbol usb_submit_urb (err -22)\n");

  REQUIRE(told.explanations.size() == 1);
  CHECK(told.explanations[0].id == "crc-differs");
  CHECK(told.explanations[0].lines ==
        std::vector<std::string>{"sample: disagrees about version of symbol usb_submit_urb",
                                 "sample: Unknown symbol usb_submit_urb (err -22)"});
}

TEST_CASE("a refusal that follows nothing sends to the line before it") {
  CHECK(explained("sample: Unknown symbol usb_submit_urb (err -22)").id == "symbol-refused");
  CHECK(explain("other: disagrees about version of symbol a\nsample: Unknown symbol b (err -22)")
            .explanations.size() == 2);
}

TEST_CASE("a module in a namespace that lists its users is told that no import helps") {
  const auto open = explained("m: module uses symbol (f) from namespace CRYPTO, but does not import it.");
  const auto closed =
      explained("m: module uses symbol (f) from namespace module:kvm, but does not import it.");

  CHECK(open.id == "namespace-not-imported");
  CHECK(open.found.symbol == "f");
  CHECK(open.remedy.starts_with("add MODULE_IMPORT_NS(\"CRYPTO\")"));
  CHECK(closed.remedy == "only the modules that its name lists may use it, and no import changes that");
}

TEST_CASE("what a program says of an errno is told with the kernel's reason for it") {
  const auto told = explain(
      "modprobe: ERROR: could not insert 'sample': Exec format error\n"
      "sample: disagrees about version of symbol module_layout\n");

  const auto reversed = explain(
      "sample: disagrees about version of symbol module_layout\n"
      "modprobe: ERROR: could not insert 'sample': Exec format error\n");

  REQUIRE(told.explanations.size() == 1);
  CHECK(told.explanations[0].id == "module-layout-crc-differs");
  CHECK(told.explanations[0].lines.size() == 2);
  CHECK(reversed == told);
}

TEST_CASE("what a program says stays where the kernel's lines are about another errno or another module") {
  const auto other_errno = explain(
      "modprobe: ERROR: could not insert 'sample': Key was rejected by service\n"
      "sample: disagrees about version of symbol module_layout\n");
  const auto other_module = explain(
      "insmod: ERROR: could not insert module ./two.ko: Invalid module format\n"
      "one: disagrees about version of symbol module_layout\n");

  CHECK(other_errno.explanations.size() == 2);
  CHECK(other_module.explanations.size() == 2);
  CHECK(other_module.explanations[0].found.module == "two");
}

TEST_CASE("a line that is there several times is told once, with how often") {
  const auto told =
      explain("[1] m: module has no symbols (stripped?)\n[2] m: module has no symbols (stripped?)\n");

  REQUIRE(told.explanations.size() == 1);
  CHECK(told.explanations[0].times == 2);
}

TEST_CASE("a line that is about nothing of the loader is unknown, once") {
  const auto told = explain("[1] usb 1-1: new device\n[2] usb 1-1: new device\n\neth0: Invalid argument\n");

  CHECK(told.explanations.empty());
  CHECK(told.unknown == std::vector<std::string>{"usb 1-1: new device", "eth0: Invalid argument"});
}

TEST_CASE("braces and megabytes in a line are told as they are") {
  CHECK(explained("m: module license '{module}' taints kernel.").found.module_value == "{module}");
  CHECK(explain(std::string(1U << 20, 'x') + ": disagrees about version of symbol y").explanations.empty());
  CHECK(explain(std::string(1U << 20, '\'')).explanations.empty());
}

TEST_CASE("every message names findings that the judge has") {
  CHECK(join(findings_that_are_none(), ", ") == "");
}

TEST_CASE("every message has a name of its own, and follows one that is there") {
  CHECK(join(ids_that_are_there_twice(), ", ") == "");
  CHECK(join(ids_that_are_followed_and_not_there(), ", ") == "");
}
