// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using test::DkmsWorld;

TEST_CASE("a configuration that refers to nothing of a kernel is the same for all of them") {
  DkmsWorld world;
  world.more_conf("AUTOINSTALL=yes\nPRE_BUILD=\"a $dkms_tree $module\"\n");

  CHECK(world.is_of_every_kernel());
}

TEST_CASE("one is not that refers to a kernel, compares with one, runs something, or is overridden") {
  for (const std::string line :
       {"PRE_BUILD=\"a $kernelver\"", "PRE_BUILD=\"a ${arch}\"", "PRE_BUILD='a $kernel_source_dir'",
        "MAKE_MATCH[1]=^6", "PATCH_MATCH[0]=^6", "BUILD_EXCLUSIVE_CONFIG=CONFIG_PCI", "OBSOLETE_BY=6.1",
        "PRE_BUILD=$(uname -r)", "source /etc/more", "[[ $x ]] && AUTOINSTALL=yes"}) {
    DkmsWorld world;
    world.more_conf(line + "\n");
    CAPTURE(line);
    CHECK_FALSE(world.is_of_every_kernel());
  }
  DkmsWorld overridden;
  overridden.more_conf("").file("/etc/dkms/driver-1.0-5.10.conf", "STRIP=no\n");
  CHECK_FALSE(overridden.is_of_every_kernel());
  DkmsWorld directed;
  directed.more_conf("").request.directives = {"STRIP=no"};
  CHECK_FALSE(directed.is_of_every_kernel());
}
