// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/exclusion.hpp"

#include "dkmsconf/padded_version.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using dkmsconf::padded_version;
using test::DkmsWorld;

namespace {

bool excludes(const std::string& directives, const std::string& kernel = "6.1.0-test") {
  DkmsWorld world;
  world.more_conf(directives);
  world.file("/usr/src/linux-headers/.config", "CONFIG_PCI=y\nCONFIG_USB=m\n");
  world.request.kernel = kernel;
  world.request.kernel_source_dir = "/usr/src/linux-headers";
  return world.read().is_excluded;
}

}  // namespace

TEST_CASE("versions are compared as bytes after each number has got three digits") {
  CHECK(padded_version("6.1.0-rc1") == "006.001.000-rc001");
  CHECK(padded_version("2.6.9-1cvs200409091247") == "002.006.009-001cvs200409091247");
  CHECK(padded_version("12a3") == "012a003");
  CHECK(padded_version("1 2") == "001002");
  CHECK(padded_version("").empty());
}

TEST_CASE("a kernel is excluded unless it matches the expression, which is not anchored") {
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_KERNEL='1\\.0'\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_KERNEL='^5\\.'\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_KERNEL='('\n"));
}

TEST_CASE("a minimum includes itself, and a maximum what has nothing more") {
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_KERNEL_MIN=6.1\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_KERNEL_MIN=6.2\n"));
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_KERNEL_MAX=6.10\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_KERNEL_MAX=6.1\n"));
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_KERNEL_MAX=6.1\n", "6.1"));
  CHECK(excludes("BUILD_EXCLUSIVE_KERNEL_MAX=4.12\n", "4.12-rc1"));
}

TEST_CASE("options have to be set or, with an exclamation mark, not set") {
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_CONFIG='CONFIG_PCI CONFIG_USB !CONFIG_PREEMPT_RT'\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_CONFIG='CONFIG_PCI CONFIG_ISA'\n"));
  CHECK(excludes("BUILD_EXCLUSIVE_CONFIG='!CONFIG_USB'\n"));
  CHECK_FALSE(excludes("BUILD_EXCLUSIVE_CONFIG='CONFIG_P.I'\n"));
}

TEST_CASE("options are not asked for where there is no configuration") {
  DkmsWorld world;
  world.more_conf("BUILD_EXCLUSIVE_CONFIG=CONFIG_ISA\n");
  world.request.kernel_config = "/nowhere";

  CHECK_FALSE(world.read().is_excluded);
}

TEST_CASE("a condition with an index is that of one module, and only all of them exclude the kernel") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=x\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME=(a b c)\nDEST_MODULE_LOCATION=(/extra /extra "
      "/extra)\nBUILD_EXCLUSIVE_KERNEL[1]='^5'\nBUILD_EXCLUSIVE_ARCH[2]='^x86'\n");

  const auto conf = world.read();

  CHECK_FALSE(conf.is_excluded);
  CHECK_FALSE(conf.modules[0].is_excluded);
  CHECK(conf.modules[1].is_excluded);
  CHECK_FALSE(conf.modules[2].is_excluded);
}

TEST_CASE("index 0 is the condition of all modules") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=x\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME=(a b)\nDEST_MODULE_LOCATION=(/extra /extra)\n"
      "BUILD_EXCLUSIVE_KERNEL[0]='^5'\nBUILD_EXCLUSIVE_KERNEL[1]='^6'\n");

  CHECK(world.read().is_excluded);
}

TEST_CASE("OBSOLETE_BY is a maximum, unless there is one") {
  CHECK(excludes("OBSOLETE_BY=6.0\n"));
  CHECK_FALSE(excludes("OBSOLETE_BY=6.0\nBUILD_EXCLUSIVE_KERNEL_MAX=7\n"));
}

TEST_CASE("DKMS's own build_exclude has no effect") {
  CHECK_FALSE(excludes("build_exclude=yes\n"));
}

TEST_CASE("without modules there is nothing to exclude") {
  DkmsWorld world;
  world.conf("PACKAGE_NAME=x\nPACKAGE_VERSION=1\nBUILD_EXCLUSIVE_KERNEL='^5'\n");

  CHECK_FALSE(world.read().is_excluded);
}
