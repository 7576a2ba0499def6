// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::Configuration;

TEST_CASE("a setting is a letter, a number or a text without its quotes") {
  const auto configuration = Configuration::parse(
      "CONFIG_MODULES=y\nCONFIG_TTY=m\nCONFIG_HZ=250\nCONFIG_CC_VERSION_TEXT=\"gcc "
      "\\\"12\\\"\"\nCONFIG_EMPTY=\"\"\n");

  CHECK(configuration.value("CONFIG_MODULES").value() == "y");
  CHECK(configuration.value("CONFIG_HZ").value() == "250");
  CHECK(configuration.value("CONFIG_CC_VERSION_TEXT").value() == "gcc \"12\"");
  CHECK(configuration.value("CONFIG_EMPTY").value().empty());
  CHECK(configuration.is_set("CONFIG_TTY"));
  CHECK_FALSE(configuration.is_set("CONFIG_HZ"));
}

TEST_CASE("what is not set is the same as what is not mentioned") {
  const auto configuration = Configuration::parse("# CONFIG_MODVERSIONS is not set\nCONFIG_A=n\n");

  CHECK_FALSE(configuration.value("CONFIG_MODVERSIONS").has_value());
  CHECK_FALSE(configuration.value("CONFIG_A").has_value());
  CHECK_FALSE(configuration.value("CONFIG_B").has_value());
  CHECK(configuration == Configuration::parse(""));
}

TEST_CASE("of a repeated setting the last one counts, even one that unsets it") {
  const auto configuration =
      Configuration::parse("CONFIG_A=y\nCONFIG_B=m\n# CONFIG_A is not set\nCONFIG_B=y\n");

  CHECK_FALSE(configuration.value("CONFIG_A").has_value());
  CHECK(configuration.value("CONFIG_B").value() == "y");
}

TEST_CASE("a setting is not mistaken for one whose name begins like it") {
  const auto configuration = Configuration::parse("CONFIG_MODULE_SIG_ALL=y\n");

  CHECK_FALSE(configuration.value("CONFIG_MODULE_SIG").has_value());
}

TEST_CASE("foreign line ends, bytes that are no text and a cut last line do no harm") {
  const auto configuration =
      Configuration::parse(std::string_view("CONFIG_A=y\r\n\xff\0\x1f=\n=\nCONFIG_\nCONFIG_B=\"y", 38));

  CHECK(configuration.value("CONFIG_A").value() == "y");
  CHECK(configuration.value("CONFIG_B").value() == "\"y");
}

TEST_CASE("a compressed configuration is read, a damaged one is corrupt, an absent one is nothing") {
  test::FakeRoot world;
  world.file("/proc/config", "CONFIG_MODULES=y\n")
      .compressed("gzip", "/proc/config")
      .file("/bad.gz", "\x1f\x8b\x08");

  CHECK(kernel::read_configuration(world.root(), "/proc/config.gz").value()->is_set("CONFIG_MODULES"));
  CHECK(kernel::read_configuration(world.root(), "/bad.gz").error().kind == ErrorKind::corrupt);
  CHECK_FALSE(kernel::read_configuration(world.root(), "/boot/config").value().has_value());
}

TEST_CASE("a configuration written as text is read to the same settings") {
  const auto configuration = Configuration::parse(
      "CONFIG_A=y\nCONFIG_T=\"a \\\"b\\\" \\\\ c\"\nCONFIG_E=\"\"\nCONFIG_N=\"n\"\nCONFIG_H=250\n");

  CHECK(configuration.size() == 5);
  CHECK(Configuration::parse(configuration.text()) == configuration);
}

TEST_CASE("Kconfig writes letters and numbers bare and texts with quotes, and reads them to the same") {
  using kernel::as_kconfig_reads;
  using kernel::as_kconfig_writes;

  CHECK(as_kconfig_writes("m") == "m");
  CHECK(as_kconfig_writes("-250") == "-250");
  CHECK(as_kconfig_writes("0xdeadBEEF") == "0xdeadBEEF");
  CHECK(as_kconfig_writes("deadbeef") == "\"deadbeef\"");
  CHECK(as_kconfig_writes("0xyz") == "\"0xyz\"");
  CHECK(as_kconfig_writes("n") == "\"n\"");
  CHECK(as_kconfig_writes("") == "\"\"");
  CHECK(as_kconfig_writes("a \"b\" \\") == "\"a \\\"b\\\" \\\\\"");
  CHECK(as_kconfig_reads("\"a \\\"b\\\" \\\\\"") == "a \"b\" \\");
  CHECK(as_kconfig_reads("a \"b\"") == "a \"b\"");
}

TEST_CASE("the text of a compressed configuration is read as it was written") {
  test::FakeRoot world;
  world.file("/proc/config", "# Linux\nCONFIG_MODULES=y\n").compressed("gzip", "/proc/config");

  CHECK(kernel::configuration_file(world.root(), "/proc/config.gz").value() == "# Linux\nCONFIG_MODULES=y\n");
  CHECK(kernel::configuration_file(world.root(), "/boot/config").value() == std::nullopt);
}
