// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/conf.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::DkmsWorld;
using test::said;

TEST_CASE("files in /etc/dkms add to what was read before, from the general to the particular") {
  DkmsWorld world;
  world.more_conf("POST_ADD=0\n");
  world.file("/etc/dkms/driver--6.1.0-test-x86_64.conf", "POST_ADD=$POST_ADD,6\n");
  world.file("/etc/dkms/driver--6.1.0-test.conf", "POST_ADD=$POST_ADD,5\n");
  world.file("/etc/dkms/driver-1.0-6.1.0-test-x86_64.conf", "POST_ADD=$POST_ADD,4\n");
  world.file("/etc/dkms/driver-1.0-6.1.0-test.conf", "POST_ADD=$POST_ADD,3\n");
  world.file("/etc/dkms/driver-1.0.conf", "POST_ADD=$POST_ADD,2\n");
  world.file("/etc/dkms/driver.conf", "POST_ADD=$POST_ADD,1\n");
  world.file("/etc/dkms/another.conf", "POST_ADD=wrong\n");

  CHECK(world.read().scripts.post_add == "0,1,2,3,4,5,6");
}

TEST_CASE("values are evaluated once more for each further file") {
  DkmsWorld world;
  world.more_conf("POST_ADD='\\\\\\\\\\$arch'\n");
  const auto alone = world.read();
  world.file("/etc/dkms/driver.conf", "");

  CHECK(alone.scripts.post_add == "\\\\$arch");
  CHECK(world.read().scripts.post_add == "\\x86_64");
}

TEST_CASE("directives of the command line come last and set element 0") {
  DkmsWorld world;
  world.more_conf("PATCH=(a b)\n").file("/etc/dkms/driver.conf", "MAKE=override\n");
  world.request.directives = {"MAKE=mine a=b", "PATCH=c", "kernel_source_dir=/k"};

  const auto conf = world.read();

  CHECK(conf.make_command == "mine a=b");
  CHECK(conf.patches == std::vector<std::string>{"c", "b"});
  CHECK(said(conf) ==
        "DIRECTIVE: MAKE=\"mine a=b\"\nDIRECTIVE: PATCH=\"c\"\nDIRECTIVE: kernel_source_dir=\"/k\"\n");
}

TEST_CASE("a directive that names no variable is bash's error and changes nothing") {
  DkmsWorld world;
  world.more_conf("");
  world.request.directives = {"MAKE[1]=x"};

  const auto conf = world.read();

  CHECK(said(conf).find("export: `MAKE[1]': not a valid identifier\nDIRECTIVE: MAKE[1]=\"x\"\n") !=
        std::string::npos);
  CHECK(conf.make_command.starts_with("make -C "));
}

TEST_CASE("a file named by -c is read in place of the tree's") {
  DkmsWorld world;
  world.more_conf("POST_ADD=tree\n")
      .file("/home/somebody/my.conf", std::string(test::one_module) + "POST_ADD=mine\n");
  world.request.conf_file = "/home/somebody/my.conf";

  CHECK(world.read().scripts.post_add == "mine");
}

TEST_CASE("the kernel's source and configuration of the command line are the ones that files see") {
  DkmsWorld world;
  world.file("/k/include/config/auto.conf", "CONFIG_ISA=y\n");
  world.more_conf("BUILD_EXCLUSIVE_CONFIG=CONFIG_ISA\nPOST_ADD=\"$(grep -c . $kernel_config)\"\n");
  world.request.kernel_source_dir = "/k";

  const auto conf = world.read();

  CHECK_FALSE(conf.is_excluded);
  CHECK(conf.scripts.post_add == "1");
  CHECK(conf.make_command == "make -C /k M=/var/lib/dkms/driver/1.0/build");
}

TEST_CASE("a source that lies behind links is read, and so is what it has beside it") {
  DkmsWorld world;
  world.file("/home/dev/driver/dkms.conf",
             std::string(test::one_module) + "POST_ADD=$(cat ${BASH_SOURCE%/*}/note)\n");
  world.file("/home/dev/driver/note", "here\n").link("/home/dev/driver", "/usr/src/driver-1.0");

  CHECK(world.read().scripts.post_add == "here");
}
