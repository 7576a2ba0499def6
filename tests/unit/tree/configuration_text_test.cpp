// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_text.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::TreeWorld;

TEST_CASE("the text of a configuration is that of the file that is believed") {
  const TreeWorld world;

  const auto text = tree::configuration_text(world.subject());

  CHECK(text->origin == "/boot/config-9.9-kpkg");
  CHECK(text->text.find("# Linux/x86 9.9.9 Kernel Configuration") != std::string::npos);
  CHECK(text->is_whole);
}

TEST_CASE(
    "the text that was brought from elsewhere counts if it sets what is believed, and no file of the root") {
  TreeWorld world;
  const std::string brought =
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_EFI is not set\n";
  world.learned.configuration = kernel::Configuration::parse(brought);
  auto subject = world.subject();
  subject.configuration_text = brought;
  auto lying = world.subject();
  lying.configuration_text = brought + "CONFIG_EFI=y\n";

  CHECK(tree::configuration_text(subject)->text == brought);
  CHECK(tree::configuration_text(subject)->is_whole);
  CHECK(tree::configuration_text(lying)->text == "CONFIG_X86_64=y\n");
}

TEST_CASE("a configuration without its text is written as Kconfig reads it") {
  TreeWorld world;
  world.configure(
      "CONFIG_X86_64=y\nCONFIG_HZ=250\nCONFIG_BASE=0xff\nCONFIG_NLS=\"utf8\"\n"
      "CONFIG_EMPTY=\"\"\nCONFIG_LINE=\"a \\\"b\\\"\"\n");
  REQUIRE(world.root.write("/boot/config-9.9-kpkg", "CONFIG_OTHER=y\n").has_value());

  const auto text = tree::configuration_text(world.subject());

  CHECK_FALSE(text->is_whole);
  CHECK(
      text->text ==
      "CONFIG_BASE=0xff\nCONFIG_EMPTY=\"\"\nCONFIG_HZ=250\nCONFIG_LINE=\"a \\\"b\\\"\"\nCONFIG_NLS=\"utf8\"\n"
      "CONFIG_X86_64=y\n");
}

TEST_CASE("a kernel of which nobody knows the configuration has no text") {
  TreeWorld world;
  world.learned.configuration.reset();

  CHECK(tree::configuration_text(world.subject()).error().kind == ErrorKind::not_found);
}
