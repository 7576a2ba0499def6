// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_canary.hpp"

#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using Names = std::vector<std::string>;

TEST_CASE("modules with other versions, modinfo and notes have the same code") {
  const auto shipped = test::a_module().needing("a", 1).with_modinfo("depends", "a").bytes();
  const auto built = test::a_module().needing("a", 2).with_section(".note.gnu.build-id", "x").bytes();

  CHECK(tree::differing_sections(built, shipped).empty());
}

TEST_CASE("another struct module differs") {
  const auto shipped = test::a_module().bytes();
  const auto built = test::a_module().with_layout(960, 0x138, 0x350).bytes();

  CHECK(tree::differing_sections(built, shipped) == Names{".gnu.linkonce.this_module"});
}

TEST_CASE("what is no module differs in everything") {
  CHECK_FALSE(tree::differing_sections("", test::a_module().bytes()).empty());
}
