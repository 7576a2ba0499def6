// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/conf.hpp"

#include "world.hpp"

#include "system/file.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using dkmsconf::Standing;
using test::DkmsWorld;
using test::said;

TEST_CASE("a dkms.conf without an end is ended, is bad, and is tried again the next time") {
  DkmsWorld world;
  world.more_conf("while :; do :; done\n");
  world.patience = std::chrono::milliseconds(300);

  const auto conf = world.read();

  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf) == "dkms.conf: Error! Reading it took too long.\n");
  CHECK(world.memory.kept.empty());
}

TEST_CASE("a dkms.conf that exits in its middle has said nothing, as DKMS has it") {
  DkmsWorld world;
  world.more_conf("exit 3\n");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf).starts_with("dkms.conf: Error! No 'PACKAGE_NAME' directive specified.\n"));
}

TEST_CASE("a dkms.conf that returns in its middle has said what stands before") {
  DkmsWorld world;
  world.more_conf("POST_ADD=x\nreturn 1\nPOST_ADD=y\n");

  CHECK(world.read().scripts.post_add == "x");
}

TEST_CASE("a value that ends the shell which evaluates it makes the configuration bad") {
  DkmsWorld world;
  world.more_conf("POST_ADD='\"; exit 7; \"'\n");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf) == "dkms.conf: Error! It ends what reads it, with status 7.\n");
}

TEST_CASE("megabytes of messages are cut off, and the values are there") {
  DkmsWorld world;
  world.more_conf("yes complaint | head -c 5000000 >&2\nPOST_ADD=x\n");

  const auto conf = world.read();

  CHECK(conf.scripts.post_add == "x");
  CHECK(said(conf).size() < 100'000);
  CHECK(said(conf).ends_with("bytes more are left out)\n"));
}

TEST_CASE("megabytes of output and of values hurt nobody") {
  DkmsWorld world;
  world.more_conf("yes | head -c 5000000\nPOST_ADD=$(yes | head -c 200000 | tr -d '\\n')\n");

  CHECK(world.read().scripts.post_add.size() == 100'000);
}

TEST_CASE("a dkms.conf that fills the memory ends itself") {
  DkmsWorld world;
  world.more_conf("x=xxxxxxxx\nwhile :; do x=$x$x; done\n");

  CHECK(world.read().standing == Standing::bad);
}

TEST_CASE("a dkms.conf writes nowhere but into its own /tmp, which goes") {
  DkmsWorld world;
  world.more_conf(
      "for place in /usr/src/driver-1.0/x /var/lib/dkms/x /etc/x /x /lib/modules/6.1.0-test/x; do\n"
      "  (echo > $place) 2>/dev/null && POST_ADD=$place\n"
      "done\n"
      "echo kept > /tmp/kept && POST_REMOVE=$(cat /tmp/kept)\n");

  const auto conf = world.read();

  CHECK(conf.scripts.post_add.empty());
  CHECK(conf.scripts.post_remove == "kept");
  CHECK_FALSE(system::status_of("/tmp/kept")->has_value());
}

TEST_CASE("a dkms.conf has no network and is not root") {
  DkmsWorld world;
  world.more_conf(
      "POST_ADD=$(ls /sys/class/net 2>/dev/null | grep -v lo; (echo > /dev/tcp/127.0.0.1/1) 2>&1 | grep -o "
      "refused)\n"
      "POST_REMOVE=$(head -c 1 /etc/shadow 2>/dev/null || echo denied)\n");

  const auto conf = world.read();

  CHECK(conf.scripts.post_remove == "denied");
  CHECK(conf.scripts.post_add.find("eth") == std::string::npos);
}

TEST_CASE("names with slashes or dots that lead elsewhere are refused before anything is read") {
  DkmsWorld world;
  world.more_conf("");
  world.request.module = "../driver";
  CHECK(world.failure().kind == ErrorKind::invalid);
  world.request.module = "driver";
  world.request.version = "..";
  CHECK(world.failure().message == "\"..\" cannot be the version of a module");
  world.request.version = "1.0";
  world.request.kernel = "a/b";
  CHECK(world.failure().kind == ErrorKind::invalid);
  world.request.kernel = "6.1.0-test";
  world.request.arch = "x\ny";
  CHECK(world.failure().kind == ErrorKind::invalid);

  CHECK(world.runner.runs == 0);
}

TEST_CASE("values that lead out of the directory they belong to are errors that DKMS lacks") {
  DkmsWorld world;
  world.framework.running_distribution = "gentoo";
  world.conf(
      "PACKAGE_NAME=../x\nPACKAGE_VERSION=..\nBUILT_MODULE_NAME=x\nBUILT_MODULE_LOCATION=a/../../b\n"
      "DEST_MODULE_NAME=../../etc/x\nDEST_MODULE_LOCATION=/extra/../../..\n");

  CHECK(
      said(world.read()) ==
      "dkms.conf: Error! 'PACKAGE_NAME' directive is no name of a directory.\n"
      "dkms.conf: Error! 'PACKAGE_VERSION' directive is no name of a directory.\n"
      "dkms.conf: Error! 'BUILT_MODULE_LOCATION' directive leads out of the build directory in record #0.\n"
      "dkms.conf: Error! 'DEST_MODULE_NAME' directive is no name of a module in record #0.\n"
      "dkms.conf: Error! 'DEST_MODULE_LOCATION' directive leads out of the kernel's modules in record #0.\n");
}

TEST_CASE("locations that go up and down again inside their directory are fine") {
  DkmsWorld world;
  world.more_conf("BUILT_MODULE_LOCATION=./a/../b/\n");

  CHECK(world.read().standing == Standing::valid);
}

TEST_CASE("an index beyond all reason is an error and no endless list of them") {
  DkmsWorld world;
  world.more_conf("BUILT_MODULE_NAME[4000000000]=x\n");

  CHECK(said(world.read()) == "dkms.conf: Error! Record #4000000000 is beyond the 4096 that are read.\n");
}

TEST_CASE("a pipe or a directory in the place of a dkms.conf is an error that names it") {
  DkmsWorld world;
  world.file("/usr/src/driver-1.0/dkms.conf/x", "");

  CHECK(world.failure().message.find("dkms.conf is not a regular file") != std::string::npos);
}

TEST_CASE("a dkms.conf that only root may read is an error that says how to mend it") {
  DkmsWorld world;
  world.more_conf("");
  REQUIRE(system::write_file(world.directory() + "/usr/src/driver-1.0/dkms.conf", test::one_module, 0600)
              .has_value());
  REQUIRE(system::give_tree(world.directory() + "/usr/src/driver-1.0", 0, 0).has_value());

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::permission);
  CHECK(error.hint == "let everybody read it: chmod -R a+rX /var/lib/dkms/driver/1.0/source");
}
