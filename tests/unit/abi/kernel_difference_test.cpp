// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_difference.hpp"

#include "support/kernel_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::FactDifference;
using abi::SymbolChange;
using abi::SymbolDifference;
using test::a_kernel;

namespace {

std::vector<SymbolDifference> differing(const abi::KernelFacts& left, const abi::KernelFacts& right,
                                        const std::set<std::string>* only = nullptr) {
  return abi::differing_symbols(left.symbols->table, right.symbols->table, only);
}

}  // namespace

TEST_CASE("two kernels of another name with the same facts do not differ") {
  auto left = a_kernel().facts();
  left.identity.build_id = "00";
  auto right = a_kernel().released("6.2.0-other").facts();
  right.loader = left.loader;

  CHECK(abi::differing_facts(left, right).empty());
}

TEST_CASE("facts that differ are named, and what one kernel does not say is unknown") {
  auto left = a_kernel().with_layout(896, 0x138, 0x350).facts();
  auto right = a_kernel()
                   .with_layout(960, 0x138, 0x350)
                   .with_vermagic("6.1.0-test SMP mod_unload modversions ")
                   .facts();
  right.modversions.reset();

  CHECK(abi::differing_facts(left, right) ==
        std::vector<FactDifference>{
            {"layout.size", "896", "960"},
            {"modversions", "true", "unknown"},
            {"vermagic", "SMP preempt mod_unload modversions", "SMP mod_unload modversions"}});
}

TEST_CASE("a group of facts that one kernel lacks is told fact by fact") {
  auto left = a_kernel().facts();
  auto right = left;
  right.layout.reset();

  CHECK(abi::differing_facts(right, left).front() == FactDifference{"layout.exit_offset", "unknown", "848"});
  CHECK(abi::differing_facts(left, right).size() == 3);
}

TEST_CASE("symbols are gone, added or altered, and of what is altered only that is told which differs") {
  const auto left = a_kernel().exporting("a", 1).exporting("c", 3, "drivers/x").exporting_gpl("d", 4).facts();
  const auto right = a_kernel()
                         .exporting_in("NS", "b", 2)
                         .exporting("c", 5, "drivers/x")
                         .exporting("d", 4, "drivers/y")
                         .facts();

  CHECK(differing(left, right) ==
        std::vector<SymbolDifference>{
            {"c", SymbolChange::altered, "drivers/x", "0x00000003", "0x00000005"},
            {"a", SymbolChange::gone, "vmlinux", "0x00000001, of vmlinux", ""},
            {"b", SymbolChange::added, "vmlinux", "", "0x00000002, namespace NS, of vmlinux"},
            {"d", SymbolChange::altered, "vmlinux", "GPL-only, of vmlinux", "for all, of drivers/y"}});
}

TEST_CASE("a CRC that one kernel does not have is no difference") {
  CHECK(differing(a_kernel().exporting("a", 1).facts(), a_kernel().exporting("a", 0).facts()).empty());
}

TEST_CASE("of all symbols that differ only those that are asked for are told") {
  const std::set<std::string> only = {"b"};
  const auto left = a_kernel().exporting("a", 1).exporting("b", 2).facts();

  CHECK(differing(left, a_kernel().facts(), &only).size() == 1);
}
