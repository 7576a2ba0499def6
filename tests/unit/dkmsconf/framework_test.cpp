// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/framework.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using dkmsconf::Framework;
using test::DkmsWorld;

TEST_CASE("without configuration DKMS has its own values, and no program is run to learn them") {
  DkmsWorld world;
  world.framework_request = {.distribution = {.id = "debian"}, .processors = 4, .running_kernel = "6.1"};

  const auto framework = world.read_framework();

  CHECK(framework ==
        Framework{.parallel_jobs = "4", .running_distribution = "debian", .running_kernel = "6.1"});
  CHECK(world.runner.runs == 0);
}

TEST_CASE("framework.conf and the files of its directory are read in the order of their names") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf",
             "source_tree=/src\nverbose=1\ncompress_xz_opts=\"$compress_xz_opts -6\"\n");
  world.file("/etc/dkms/framework.conf.d/b.conf", "dkms_tree=\"$dkms_tree/b\"\n");
  world.file("/etc/dkms/framework.conf.d/a.conf", "dkms_tree=/a\ntry_sign_modules=true\n");
  world.file("/etc/dkms/framework.conf.d/c.txt", "dkms_tree=/wrong\n");

  const auto framework = world.read_framework();

  CHECK(framework.source_tree == "/src");
  CHECK(framework.verbose == "1");
  CHECK(framework.compress_xz_opts == "--check=crc32 --lzma2=dict=1MiB -6");
  CHECK(framework.dkms_tree == "/a/b");
  CHECK(framework.try_sign_modules == "true");
  CHECK(framework.install_tree == "/lib/modules");
}

TEST_CASE("only the settings leave framework.conf") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf", "echo() { :; }\nPATH=/nowhere\nmodule=x\nunset -f echo\n");
  world.file("/etc/dkms/framework.conf.d/z.conf", "post_transaction=\"$(type -t ls)$module\"\n");

  CHECK(world.read_framework().post_transaction == "file");
}

TEST_CASE("the environment gives what DKMS has no value for, and the files have the last word") {
  DkmsWorld world;
  world.framework_request.environment = {"parallel_jobs=7",        "modprobe_on_install=yes",
                                         "source_tree=/wrong",     "TMPDIR=/var/tmp",
                                         "ADDON_MODULES_DIR=mine", "DKMS_DIRECTIVE_1=A=b"};
  const auto alone = world.read_framework();
  world.file("/etc/dkms/framework.conf", "parallel_jobs=0\n");

  CHECK(alone.parallel_jobs == "7");
  CHECK(alone.modprobe_on_install == "yes");
  CHECK(alone.source_tree == "/usr/src");
  CHECK(alone.tmp_location == "/var/tmp");
  CHECK(alone.addon_modules_dir == "mine");
  CHECK(alone.escapes == std::vector<std::string>{"DKMS_DIRECTIVE_1=A=b"});
  CHECK(world.read_framework().parallel_jobs.empty());
}

TEST_CASE("the place for all modules also comes from sysconfig") {
  DkmsWorld world;
  world.file("/etc/sysconfig/module-init-tools", "ADDON_MODULES_DIR=theirs\n");

  CHECK(world.read_framework().addon_modules_dir == "theirs");
}

TEST_CASE("a setting that names the kernel is read again when there is one") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf",
             "post_transaction='update $kernelver'\nmok_signing_key=/k/${kernelver}.key\n");
  const auto without = world.read_framework();
  world.framework_request.kernel = "6.1.0-test";
  const auto with = world.read_framework();

  CHECK(without.post_transaction == "update ");
  CHECK(with.post_transaction == "update 6.1.0-test");
  CHECK(with.mok_signing_key == "/k/6.1.0-test.key");
}

TEST_CASE("what the files say is kept, and what they say is remembered") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf", "echo careful >&2\n");
  const auto first = world.read_framework();
  const auto second = world.read_framework();

  REQUIRE(first.remarks.size() == 1);
  CHECK(first.remarks.front().text == "careful\n");
  CHECK(second == first);
  CHECK(world.runner.runs == 1);
}

TEST_CASE("what was never read of the framework is not recalled, and what was read is") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf", "verbose=1\n");
  const auto before = world.recall_framework();
  const auto read = world.read_framework();

  CHECK_FALSE(before.has_value());
  CHECK(world.recall_framework() == read);
}

TEST_CASE("a framework.conf that ends its reader is an error that names the directory") {
  DkmsWorld world;
  world.file("/etc/dkms/framework.conf", "verbose='\"; exit 5; \"'\n");

  const auto error = world.framework_failure();

  CHECK(error.kind == ErrorKind::invalid);
  CHECK(error.message == "the configuration of DKMS ends its reader, with status 5");
  CHECK(error.hint == "look at the files in /etc/dkms: bash runs them");
}

TEST_CASE("a distribution is called after its relatives, but Ubuntu after itself") {
  CHECK(dkmsconf::running_distribution({.id = "debian"}) == "debian");
  CHECK(dkmsconf::running_distribution({.id = "ubuntu", .like = {"debian"}}) == "ubuntu");
  CHECK(dkmsconf::running_distribution({.id = "almalinux", .like = {"rhel", "fedora"}}) == "rhel fedora");
}
