// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_symbols.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using tree::PointResult;
using Names = std::vector<std::string>;

namespace {

abi::SymbolTable a_table() {
  return abi::SymbolTable::from({{.name = "device_add", .crc = 1},
                                 {.name = "kpkg_asked", .crc = 2},
                                 {.name = "without_crc", .crc = 0}});
}

const tree::ExportPlaces places = {{"device_add", {"drivers/base/core.c"}},
                                   {"kpkg_asked", {"mm/memory.c", "mm/nommu.c"}},
                                   {"without_crc", {"mm/memory.c"}}};
const Names both_read = {"drivers/base/core.c", "mm/memory.c", "mm/nommu.c"};

}  // namespace

TEST_CASE("a sample is spread over what can be compared, and has nothing else") {
  const auto sample = tree::sampled_symbols(a_table(), places);

  CHECK(sample == Names{"device_add", "kpkg_asked"});
}

TEST_CASE("genksyms is read as it wrote before 5.19 and since") {
  tree::ComputedCrcs crcs;

  tree::add_crcs(crcs, "#SYMVER device_add 0x1234abcd\n__crc_old = 0x00000002;\nan error of 3\n");

  CHECK(crcs == tree::ComputedCrcs{{"device_add", {0x1234abcd}}, {"old", {2}}});
}

TEST_CASE("a source with all CRCs of the kernel is equal") {
  const auto point =
      tree::compared_symbols(a_table(), {{"device_add", {1}}, {"kpkg_asked", {9, 2}}}, places, both_read);

  CHECK(point.result == PointResult::equal);
  CHECK(point.compared == 2);
  CHECK(point.equal == 2);
}

TEST_CASE("a source with another CRC differs, and the symbol is named") {
  const auto point = tree::compared_symbols(a_table(), {{"device_add", {7}}}, places, both_read);

  CHECK(point.result == PointResult::differs);
  CHECK(point.differing == Names{"device_add: 0x00000007 instead of 0x00000001"});
}

TEST_CASE("a symbol that a file exports which was not read says nothing against a source") {
  const auto point = tree::compared_symbols(a_table(), {{"kpkg_asked", {9}}}, places, Names{"mm/memory.c"});

  CHECK(point.result == PointResult::unknown);
  CHECK(point.compared == 0);
}
