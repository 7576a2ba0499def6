// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/interpreter.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::DkmsWorld;

TEST_CASE("what was read once is remembered, errors and all, and no program runs again") {
  DkmsWorld world;
  world.more_conf("AUTOINSTALL=maybe\necho hello >&2\n");
  const auto first = world.read();

  const auto recalled = world.recall();
  const auto second = world.read();

  CHECK(world.runner.runs == 1);
  CHECK(recalled == first);
  CHECK(second == first);
}

TEST_CASE("what was never read is not recalled") {
  DkmsWorld world;
  world.more_conf("");

  CHECK_FALSE(world.recall().has_value());
  CHECK(world.runner.runs == 0);
}

TEST_CASE("that there is no dkms.conf needs no memory") {
  DkmsWorld world;

  const auto conf = world.recall();

  REQUIRE(conf.has_value());
  CHECK(conf->standing == dkmsconf::Standing::missing);
}

TEST_CASE("other bytes, another override, another directive and another kernel are read anew") {
  DkmsWorld world;
  world.more_conf("POST_ADD=old\n");
  static_cast<void>(world.read());

  world.more_conf("POST_ADD=new\n");
  CHECK_FALSE(world.recall().has_value());
  CHECK(world.read().scripts.post_add == "new");
  world.file("/etc/dkms/driver.conf", "POST_ADD=mine\n");
  CHECK(world.read().scripts.post_add == "mine");
  world.request.directives = {"POST_ADD=given"};
  CHECK(world.read().scripts.post_add == "given");
  world.request.kernel = "6.1.1-test";
  CHECK_FALSE(world.recall().has_value());
  world.framework.parallel_jobs = "3";
  CHECK_FALSE(world.recall().has_value());
}

TEST_CASE("the kernel's configuration counts for every dkms.conf, since conditions are tried against it") {
  DkmsWorld world;
  world.more_conf("BUILD_EXCLUSIVE_CONFIG=CONFIG_PCI\n");
  const auto before = world.read();
  world.configuration("CONFIG_ISA=y\n");

  CHECK_FALSE(before.is_excluded);
  CHECK(world.read().is_excluded);
}

TEST_CASE("a dkms.conf that only assigns does not depend on what lies beside it") {
  DkmsWorld world;
  world.more_conf("MAKE=\"make -C ${kernel_source_dir} M=${dkms_tree}/${PACKAGE_NAME}/1.0/build\"\n");
  static_cast<void>(world.read());

  world.file("/usr/src/driver-1.0/deep/file.c", "int x;\n").file("/usr/src/another-1.0/dkms.conf", "");

  CHECK(world.recall().has_value());
}

TEST_CASE("a dkms.conf that runs something depends on its directory, deep down") {
  DkmsWorld world;
  world.file("/usr/src/driver-1.0/deep/version", "1\n");
  world.more_conf("POST_ADD=$(cat ${BASH_SOURCE%/*}/deep/version)\n");
  const auto before = world.read();
  world.file("/usr/src/driver-1.0/deep/version", "2\n");

  CHECK(before.scripts.post_add == "1");
  CHECK_FALSE(world.recall().has_value());
  CHECK(world.read().scripts.post_add == "2");
}

TEST_CASE("a dkms.conf that runs something depends on other sources, other modules and installed packages") {
  DkmsWorld world;
  world.file("/var/lib/dpkg/status", "1\n").more_conf("POST_ADD=$(ls /usr/src /var/lib/dkms)\n");
  static_cast<void>(world.read());

  CHECK(world.recall().has_value());
  world.file("/usr/src/another-1.0/dkms.conf", "");
  CHECK_FALSE(world.recall().has_value());
  static_cast<void>(world.read());
  world.file("/var/lib/dkms/another/1.0/x", "");
  CHECK_FALSE(world.recall().has_value());
  static_cast<void>(world.read());
  world.file("/var/lib/dpkg/status", "22\n");
  CHECK_FALSE(world.recall().has_value());
}

TEST_CASE("a memory that is damaged is a memory that has nothing") {
  DkmsWorld world;
  world.more_conf("POST_ADD=x\n");
  const auto first = world.read();
  world.memory.kept.begin()->second.resize(70);

  CHECK(world.read() == first);
  CHECK(world.runner.runs == 2);
}
