// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/inspection.hpp"

#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

constexpr std::uint16_t x86_64 = 62;

/// A root with one tree, of which each test writes what it is about.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-inspection-test-");
  system::Root root = *system::Root::open(directory.path());

  World& file(const std::string& name, std::string_view text) {
    const auto path = "/tree/" + name;
    REQUIRE(root.make_directories(path.substr(0, path.rfind('/'))));
    REQUIRE(root.write(path, text));
    return *this;
  }

  tree::Inspection inspection() const { return tree::inspect(root, {.path = "/tree"}, x86_64).value(); }
};

/// The first bytes of a program for a machine.
std::string program_for(char machine) {
  std::string bytes(
      "\x7f"
      "ELF\2\1\1",
      7);
  bytes.resize(18);
  return bytes + machine + '\0';
}

const std::string debian_rules =
    "ARCH_MODULE_LDS := $(word 1,$(wildcard scripts/module.lds arch/$(SRCARCH)/module.lds))\n";

}  // namespace

TEST_CASE("a linker script is at one of the two places where the tree's rules look for it, or missing") {
  CHECK_FALSE(World().file("scripts/Makefile.modfinal", "ld -r\n").inspection().missing_script.has_value());
  CHECK(World().file("scripts/Makefile.modfinal", "-T scripts/module.lds\n").inspection().missing_script ==
        "scripts/module.lds");
  World debian;
  debian.file("scripts/Makefile.modfinal", debian_rules).file("arch/x86/Makefile", "");
  CHECK(debian.inspection().missing_script == "arch/x86/module.lds");
  CHECK_FALSE(debian.file("arch/x86/module.lds", "").inspection().missing_script.has_value());
  World rebuilt;
  rebuilt.file("scripts/Makefile.modfinal", debian_rules)
      .file("arch/x86/Makefile", "")
      .file("scripts/module.lds", "");
  CHECK_FALSE(rebuilt.inspection().missing_script.has_value());
}

TEST_CASE("programs run here, are for another machine, or are absent; a script runs anywhere") {
  World world;
  world.file("scripts/basic/fixdep", program_for(62))
      .file("scripts/mod/modpost", "#!/bin/sh\n")
      .file("scripts/mod/modpost.real-lsb-64", program_for(static_cast<char>(183)))
      .file("include/config/auto.conf", "CONFIG_MODVERSIONS=y\n");

  const auto tools = world.inspection().tools;

  REQUIRE(tools.size() == 4);
  CHECK(tools[0] == tree::HostTool{"scripts/basic/fixdep", tree::ToolState::runs});
  CHECK(tools[1] == tree::HostTool{"scripts/mod/modpost", tree::ToolState::runs});
  CHECK(tools[2] == tree::HostTool{"scripts/genksyms/genksyms", tree::ToolState::absent});
  CHECK(tools[3] == tree::HostTool{"scripts/mod/modpost.real-lsb-64", tree::ToolState::foreign, "arm64"});
}

TEST_CASE("the release is what stands between the quotes of utsrelease.h") {
  World world;
  world.file("include/generated/utsrelease.h", "#define UTS_RELEASE \"6.1.0-9-amd64+\"\n")
      .file("include/config/kernel.release", "6.1.0-9-amd64\n");

  CHECK(world.inspection().uts_release == "6.1.0-9-amd64+");
  CHECK(world.inspection().release == "6.1.0-9-amd64");
  CHECK_FALSE(World().file("include/generated/utsrelease.h", "garbage").inspection().uts_release.has_value());
}

TEST_CASE("a damaged Module.symvers is a problem that is told, an absent one is nothing") {
  CHECK(World().file("Makefile", "").inspection().symvers_problem.empty());
  CHECK_FALSE(World().file("Module.symvers", "garbage\n").inspection().symvers_problem.empty());
}

TEST_CASE("the version of a tree is that of its headers, whatever its release is") {
  World world;

  CHECK(world.inspection().version == std::nullopt);
  world.file("include/generated/uapi/linux/version.h", "#define LINUX_VERSION_CODE 393662\n");
  CHECK(world.inspection().version == "6.1.190");
}
