// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration_search.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";

kernel::ConfigurationSearch searched(const FakeRoot& world, const kernel::ConfigurationClues& clues = {}) {
  auto found = kernel::find_configuration(world.root(), test::kernel_of(world), clues);
  REQUIRE(found.has_value());
  return std::move(*found);
}

/// What kernel/configs.c puts into an image or a module, made of the file at `path`.
std::string embedded(FakeRoot& world, const std::string& text) {
  world.file("/embedded", text).compressed("gzip", "/embedded");
  return "ELF IKCFG_ST, IKCFG_ST" + world.root().read("/embedded.gz").value() + "IKCFG_ED and more";
}

/// A root with a configuration in each place, each with a value of its own.
FakeRoot& add_all(FakeRoot& world) {
  world.file("/boot/config-6.1.0-test", "CONFIG_HZ=2\n").file(directory + "/config", "CONFIG_HZ=3\n");
  world.file(directory + "/kernel/kernel/configs.ko", embedded(world, "CONFIG_HZ=4\n"));
  world.tree(directory + "/build").file(directory + "/build/.config", "CONFIG_HZ=5\n");
  return world.file("/proc/config", "CONFIG_HZ=0\n").compressed("gzip", "/proc/config");
}

}  // namespace

TEST_CASE("the running kernel is believed before its image, and that before any file") {
  FakeRoot world;
  add_all(world);

  CHECK(searched(world, {true, "CONFIG_HZ=1\n"}).believed->origin == "/proc/config.gz");
  CHECK(searched(world, {false, "CONFIG_HZ=1\n"}).believed->origin == "the image ");
  CHECK(searched(world).believed->origin == "/boot/config-6.1.0-test");
  CHECK(searched(world).believed->configuration.value("CONFIG_HZ").value() == "2");
}

TEST_CASE("the configuration of another kernel that happens to run is not asked") {
  FakeRoot world;
  world.directory(directory).file("/proc/config", "CONFIG_HZ=0\n").compressed("gzip", "/proc/config");

  CHECK_FALSE(searched(world).believed.has_value());
}

TEST_CASE("the module configs.ko tells the configuration, compressed or not") {
  FakeRoot plain;
  FakeRoot compressed;
  plain.file(directory + "/kernel/kernel/configs.ko", embedded(plain, "CONFIG_HZ=4\n"));
  compressed.file(directory + "/kernel/kernel/configs.ko", embedded(compressed, "CONFIG_HZ=4\n"))
      .compressed("xz", directory + "/kernel/kernel/configs.ko");

  CHECK(searched(plain).believed->configuration.value("CONFIG_HZ").value() == "4");
  CHECK(searched(compressed).believed->origin == directory + "/kernel/kernel/configs.ko.xz");
}

TEST_CASE("sources that disagree about an option are a note that names the option and both values") {
  FakeRoot world;
  world.file("/boot/config-6.1.0-test", "CONFIG_A=y\nCONFIG_PM=y\nCONFIG_MODULE_SIG_FORCE=y\n")
      .file(directory + "/config", "CONFIG_A=y\nCONFIG_MODULE_SIG_FORCE=y\n");

  const auto notes = searched(world).notes;

  CHECK(notes == std::vector<std::string>{"/boot/config-6.1.0-test is believed, but " + directory +
                                          "/config differs in 1 option that modules depend on, such as "
                                          "CONFIG_PM: y, not set"});
}

TEST_CASE("of the options that differ, one that the loader asks for is the example") {
  FakeRoot world;
  world.file("/boot/config-6.1.0-test", "CONFIG_A=y\nCONFIG_MODVERSIONS=y\n")
      .file(directory + "/config", "CONFIG_B=y\n");

  CHECK(searched(world).notes.front().ends_with("such as CONFIG_MODVERSIONS: y, not set"));
}

TEST_CASE("sources that differ in what no module depends on are not told") {
  FakeRoot world;
  world.file("/boot/config-6.1.0-test", "CONFIG_A=y\nCONFIG_BUILD_SALT=\"x\"\n")
      .file(directory + "/config", "CONFIG_A=y\n");

  CHECK(searched(world).notes.empty());
}

TEST_CASE("a source that is damaged is a note, and the next one is believed") {
  FakeRoot world;
  world.file("/proc/config.gz", "\x1f\x8b\x08 damaged").file("/boot/config-6.1.0-test", "CONFIG_A=y\n");
  world.directory(directory);

  const auto search = searched(world, {true, std::nullopt});

  CHECK(search.believed->origin == "/boot/config-6.1.0-test");
  CHECK(search.notes.front().starts_with("/proc/config.gz is not readable as a configuration"));
}
