// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/learn.hpp"

#include "fake_root.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::a_module;
using test::FakeRoot;
using test::kernel_of;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";

test::ModuleBuilder an_own_module() {
  return a_module().with_modinfo("intree", "Y");
}

/// Four modules of a_kernel(), all alike.
FakeRoot& add_kernel(FakeRoot& world) {
  world.own_module(directory + "/kernel/fs/ext4.ko").own_module(directory + "/kernel/net/dummy.ko");
  return world.own_module(directory + "/kernel/sound/snd.ko").own_module(directory + "/kernel/lib/crc7.ko");
}

kernel::Learned learned(const FakeRoot& world) {
  auto result = kernel::learn(world.root(), kernel_of(world));
  REQUIRE(result.has_value());
  return *result;
}

std::string notes_of(const kernel::Learned& learned) {
  std::string text;
  for (const auto& note : learned.notes) text += note + "\n";
  return text;
}

bool says(const kernel::Learned& learned, const std::string& text) {
  return notes_of(learned).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("vermagic, layout and machine are those of the kernel's own modules") {
  FakeRoot world;

  const auto facts = learned(add_kernel(world)).facts;

  CHECK(facts.release == "6.1.0-test");
  CHECK(facts.vermagic.value() == "6.1.0-test SMP preempt mod_unload modversions ");
  CHECK(facts.layout.value() == abi::Layout{896, 0x138, 0x350});
  CHECK(facts.architecture.value() == test::x86_64);
  CHECK(facts.compression == abi::Compression::none);
}

TEST_CASE("modules that others put there are not asked") {
  FakeRoot world;
  add_kernel(world);
  const auto foreign = an_own_module().with_vermagic("foreign ").bytes();
  world.file(directory + "/updates/dkms/a.ko", foreign).file(directory + "/extra/b.ko", foreign);
  world.file(directory + "/kernel/drivers/c.ko", a_module().with_vermagic("foreign ").bytes());
  world.file(directory + "/modules.dep",
             "updates/dkms/a.ko:\nextra/b.ko:\nkernel/drivers/c.ko:\nkernel/fs/ext4.ko:\n/tmp/d.ko:\n");

  const auto answer = learned(world);

  CHECK(answer.facts.vermagic.value() == "6.1.0-test SMP preempt mod_unload modversions ");
  CHECK_FALSE(says(answer, "disagree"));
}

TEST_CASE("the majority decides, and a module that disagrees is named") {
  FakeRoot world;
  add_kernel(world).file(directory + "/kernel/old.ko", an_own_module().with_vermagic("6.0.0 SMP ").bytes());

  const auto answer = learned(world);

  CHECK(answer.facts.vermagic.value() == "6.1.0-test SMP preempt mod_unload modversions ");
  CHECK(says(answer, "disagree about vermagic: 1 of 5 sampled differ from the rest, such as kernel/old.ko"));
}

TEST_CASE("the offset of exit is learned though most modules have no exit function") {
  FakeRoot world;
  const auto stays = an_own_module().with_layout(896, 0x138, std::nullopt).bytes();
  world.file(directory + "/kernel/a.ko", stays).file(directory + "/kernel/b.ko", stays);
  world.own_module(directory + "/kernel/c.ko");

  const auto answer = learned(world);

  CHECK(answer.facts.layout.value() == abi::Layout{896, 0x138, 0x350});
  CHECK_FALSE(says(answer, "disagree"));
}

TEST_CASE("the sections that the machine demands of modules are those that the kernel's own have") {
  FakeRoot with;
  FakeRoot without;
  with.file(directory + "/kernel/a.ko", an_own_module().with_section(".plt", "x").bytes())
      .file("/boot/config-6.1.0-test", "CONFIG_MODULES=y\n");
  add_kernel(without).file("/boot/config-6.1.0-test", "CONFIG_MODULES=y\n");

  CHECK(learned(with).facts.loader.required_sections == std::vector<std::string>{".plt"});
  CHECK(learned(without).facts.loader.required_sections == std::vector<std::string>{});
}

TEST_CASE("whether exports need flags shows in the kernel's own modules that export") {
  FakeRoot with;
  FakeRoot without;
  with.file(directory + "/kernel/a.ko",
            an_own_module().exporting("x", 1).with_exports_as_in(test::ExportEra::flags_7_1).bytes());
  without.file(directory + "/kernel/a.ko", an_own_module().exporting("x", 1).bytes());

  CHECK(learned(with).facts.loader.demands_export_flags == std::optional(true));
  CHECK(learned(without).facts.loader.demands_export_flags == std::optional(false));
}

TEST_CASE("compressed modules are read, and their suffix is the kernel's compression") {
  FakeRoot world;
  add_kernel(world).compressed("xz", directory + "/kernel/fs/ext4.ko");
  world.compressed("xz", directory + "/kernel/net/dummy.ko")
      .compressed("xz", directory + "/kernel/sound/snd.ko");
  world.compressed("xz", directory + "/kernel/lib/crc7.ko");

  const auto facts = learned(world).facts;

  CHECK(facts.compression == abi::Compression::xz);
  CHECK(facts.layout.value() == abi::Layout{896, 0x138, 0x350});
}

TEST_CASE("a list of modules that are gone does not hide those that are there") {
  FakeRoot world;
  add_kernel(world).file(directory + "/modules.dep",
                         "kernel/gone.ko.xz: kernel/gone2.ko.xz\nkernel/../../../x.ko:\n");

  CHECK(learned(world).facts.vermagic.has_value());
}

TEST_CASE("modules that were never stripped are asked too") {
  FakeRoot world;
  world.file(directory + "/kernel/a.ko",
             an_own_module().with_section(".debug_info", std::string(1U << 20, 'x')).bytes());

  CHECK(learned(world).facts.vermagic.has_value());
}

TEST_CASE("a damaged module is a note and does not hide the others") {
  FakeRoot world;
  add_kernel(world).file(directory + "/kernel/bad.ko", "not an ELF file");

  const auto answer = learned(world);

  CHECK(answer.facts.vermagic.has_value());
  CHECK(says(answer, directory + "/kernel/bad.ko is not readable as a module"));
}

TEST_CASE("of a kernel without modules of its own neither vermagic nor layout nor machine is known") {
  FakeRoot world;
  world.own_module(directory + "/updates/a.ko").file("/boot/config-6.1.0-test", "CONFIG_MODULES=y\n");

  const auto facts = learned(world).facts;

  CHECK_FALSE(facts.vermagic.has_value());
  CHECK_FALSE(facts.layout.has_value());
  CHECK_FALSE(facts.architecture.has_value());
  CHECK(facts.modversions == std::optional(false));
}

TEST_CASE("the configuration says yes or no, and without one nothing is said") {
  FakeRoot bare;
  FakeRoot world;
  add_kernel(world).file("/boot/config-6.1.0-test",
                         "CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\n# CONFIG_MODULE_FORCE_LOAD is not set\n");

  const auto unknown = learned(add_kernel(bare)).facts;
  const auto facts = learned(world).facts;

  CHECK(facts.modversions == std::optional(true));
  CHECK(facts.loader.force_load == std::optional(false));
  CHECK(facts.loader.allows_missing_namespace == std::optional(false));
  CHECK_FALSE(unknown.modversions.has_value());
  CHECK_FALSE(unknown.loader.force_load.has_value());
}

TEST_CASE("a configuration file that sets nothing is not believed") {
  FakeRoot world;
  add_kernel(world).file("/boot/config-6.1.0-test", "ffffffffffffffff B The real config is elsewhere\n");

  const auto answer = learned(world);

  CHECK_FALSE(answer.facts.loader.force_load.has_value());
  CHECK(says(answer, "/boot/config-6.1.0-test sets nothing"));
}

TEST_CASE("a kernel that takes no modules is named") {
  FakeRoot world;
  add_kernel(world).file("/boot/config-6.1.0-test", "# CONFIG_MODULES is not set\nCONFIG_64BIT=y\n");

  CHECK(says(learned(world), "6.1.0-test takes no modules"));
}

TEST_CASE("the tree's configuration is the last resort, and a note says so") {
  FakeRoot world;
  add_kernel(world).tree(directory + "/build").file(directory + "/build/.config", "CONFIG_MODULES=y\n");

  const auto answer = learned(world);

  CHECK(answer.facts.loader.force_load == std::optional(false));
  CHECK(says(answer, "that of its tree is believed"));
}

TEST_CASE("symbols are those of the tree's Module.symvers, and their origin is named") {
  FakeRoot world;
  add_kernel(world).tree(directory + "/build");
  world.file(directory + "/build/Module.symvers",
             "0x00001111\tusb_submit_urb\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\t\n");

  const auto symbols = learned(world).facts.symbols.value();

  CHECK(symbols.table.find("usb_submit_urb").value().crc == 0x1111);
  CHECK(symbols.origin == "Module.symvers of " + directory + "/build");
  CHECK(symbols.is_complete);
}

TEST_CASE("an empty or damaged Module.symvers is a note, and what modules demand is all that is known") {
  FakeRoot absent;
  FakeRoot empty;
  FakeRoot damaged;
  add_kernel(absent).tree(directory + "/build");
  add_kernel(empty).tree(directory + "/build").file(directory + "/build/Module.symvers", "");
  add_kernel(damaged).tree(directory + "/build").file(directory + "/build/Module.symvers", "0x1\tname\n");

  CHECK_FALSE(learned(absent).facts.symbols.value().is_complete);
  CHECK_FALSE(learned(empty).facts.symbols.value().is_complete);
  CHECK_FALSE(learned(damaged).facts.symbols.value().is_complete);
  CHECK(says(learned(empty), "Module.symvers is empty"));
  CHECK(says(learned(damaged), "Module.symvers is damaged"));
}

TEST_CASE("a kernel of Debian's kernel team refuses a missing CRC, of any other that is not known") {
  FakeRoot debian;
  FakeRoot other;
  add_kernel(debian).tree(directory + "/build");
  debian.file(
      directory + "/build/include/generated/compile.h",
      "#define LINUX_COMPILE_BY\t\t\"debian-kernel\"\n#define LINUX_COMPILE_HOST\t\"lists.debian.org\"\n");
  add_kernel(other).tree(directory + "/build").file("/etc/os-release", "ID=debian\n");
  other.file(directory + "/build/include/generated/compile.h",
             "#define LINUX_COMPILE_BY \"armbian\"\n#define LINUX_COMPILE_HOST \"next\"\n"
             "#define LINUX_COMPILER \"gcc (Debian 12.2.0-14)\"\n");

  CHECK(learned(debian).facts.loader.refuses_missing_version == std::optional(true));
  CHECK_FALSE(learned(other).facts.loader.refuses_missing_version.has_value());
}

TEST_CASE("without a tree the image says who built the kernel, if it is of this release") {
  FakeRoot world;
  FakeRoot other;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test",
                         "Linux version 6.1.0-test (debian-kernel@lists.debian.org) (gcc-12) #1\n");
  add_kernel(other).file("/boot/vmlinuz-6.1.0-test",
                         "Linux version 6.1.0-other (debian-kernel@lists.debian.org) (gcc-12) #1\n");

  CHECK(learned(world).facts.loader.refuses_missing_version == std::optional(true));
  CHECK_FALSE(learned(other).facts.loader.refuses_missing_version.has_value());
}

TEST_CASE("the same kernel is learned the same way twice") {
  FakeRoot world;
  add_kernel(world).tree(directory + "/build");

  CHECK(learned(world) == learned(world));
}
