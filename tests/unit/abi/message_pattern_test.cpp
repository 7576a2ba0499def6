// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/message_pattern.hpp"

#include <doctest/doctest.h>

using kpkg::abi::match;

TEST_CASE("a pattern may begin anywhere, and its module is the name before its text") {
  const auto found =
      match("{module}: Unknown symbol {symbol} (err -2)", "host x: sample: Unknown symbol f.isra.0 (err -2)");

  REQUIRE(found);
  CHECK(found->module == "sample");
  CHECK(found->symbol == "f.isra.0");
}

TEST_CASE("a module that is named by its file is called by the file's name") {
  CHECK(
      match("module {module}:", "could not insert module /lib/modules/6.1/extra/my-tty.ko.xz: no")->module ==
      "my-tty");
}

TEST_CASE("a value reaches to what follows it, and at the end to the end of the line") {
  const auto found =
      match("magic '{module_value}' should be '{kernel_value}'", "magic 'a b ' should be 'c '");

  REQUIRE(found);
  CHECK(found->module_value == "a b ");
  CHECK(found->kernel_value == "c ");
  CHECK(match("text {detail}", "text to the end")->detail == "to the end");
}

TEST_CASE("a second place where the pattern begins is tried if it does not fit at the first") {
  CHECK(match("a {symbol};", "a b, a c;")->symbol == "c");
}

TEST_CASE("a pattern that does not fit finds nothing") {
  CHECK_FALSE(match("text {detail} end", "text without it"));
  CHECK_FALSE(match("{module}: text", "other"));
  CHECK_FALSE(match("text", ""));
}
