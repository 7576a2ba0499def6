// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/conf.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using dkmsconf::Purpose;
using dkmsconf::Standing;
using dkmsconf::Stream;
using test::DkmsWorld;
using test::said;

TEST_CASE("an empty dkms.conf lacks its name and its version") {
  DkmsWorld world;
  world.conf("");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf) ==
        "dkms.conf: Error! No 'PACKAGE_NAME' directive specified.\n"
        "dkms.conf: Error! No 'PACKAGE_VERSION' directive specified.\n");
}

TEST_CASE("everything that is wrong with records and answers is told, in the order of the records") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=x\nPACKAGE_VERSION=1.0\nDEST_MODULE_NAME[0]=bar.ko\nDEST_MODULE_LOCATION=/wrong\n"
      "BUILT_MODULE_NAME[1]=bar.o\nDEST_MODULE_NAME[1]=foo\nAUTOINSTALL=maybe\nNO_WEAK_MODULES=1\n");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf) ==
        "dkms.conf: Error! No 'BUILT_MODULE_NAME' directive specified for record #0.\n"
        "dkms.conf: Error! 'DEST_MODULE_NAME' directive ends in '.o' or '.ko' in record #0.\n"
        "dkms.conf: Error! Directive 'DEST_MODULE_LOCATION' does not begin with\n"
        "'/kernel', '/updates', or '/extra' in record #0.\n"
        "dkms.conf: Error! 'BUILT_MODULE_NAME' directive ends in '.o' or '.ko' in record #1.\n"
        "dkms.conf: Error! No 'DEST_MODULE_LOCATION' directive specified for record #1.\n"
        "dkms.conf: Error! Unsupported AUTOINSTALL value 'maybe'\n"
        "dkms.conf: Error! Unsupported NO_WEAK_MODULES value '1'\n");
}

TEST_CASE("the gaps of sparse arrays are records that lack everything") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=x\nPACKAGE_VERSION=1.0\nBUILT_MODULE_NAME[1]=one\nDEST_MODULE_LOCATION[1]=/extra\n");

  CHECK(said(world.read()) ==
        "dkms.conf: Error! No 'BUILT_MODULE_NAME' directive specified for record #0.\n"
        "dkms.conf: Error! No 'DEST_MODULE_LOCATION' directive specified for record #0.\n");
}

TEST_CASE("elements of DKMS's own arrays beyond the records are a mismatch") {
  DkmsWorld world;
  world.more_conf("built_module_name[7]=x\n");

  CHECK(said(world.read()) == "dkms.conf: Error! Module name/location array length mismatch.\n");
}

TEST_CASE(
    "a module that comes twice is an error where something is to be changed, and none where one looks") {
  DkmsWorld world;
  world.conf(
      "PACKAGE_NAME=x\nPACKAGE_VERSION=1.0\nBUILT_MODULE_NAME=(twin twin)\nDEST_MODULE_LOCATION=(/extra "
      "/extra)\n");
  const auto looked = world.read();
  world.request.purpose = Purpose::changing;

  const auto conf = world.read();

  CHECK(said(looked).empty());
  CHECK(conf.standing == Standing::bad);
  CHECK(said(conf) ==
        "dkms.conf: Error! Duplicate module 'twin' in 'BUILT_MODULE_NAME[1]'.\n"
        "dkms.conf: Error! Duplicate module 'twin' in 'DEST_MODULE_NAME[1]'.\n");
}

TEST_CASE("no module at all is a warning") {
  DkmsWorld world;
  world.conf("PACKAGE_NAME=x\nPACKAGE_VERSION=1.0\n");
  world.request.purpose = Purpose::changing;

  const auto conf = world.read();

  CHECK(conf.standing == Standing::valid);
  CHECK(said(conf) == "dkms.conf: Warning! Zero modules specified.\n");
}

TEST_CASE("old directives are told of after each file, with the file's name") {
  DkmsWorld world;
  world.more_conf("CLEAN='make clean'\nREMAKE_INITRD=yes\nOBSOLETE_BY=7\nMODULES_CONF[0]=x\n");
  world.file("/etc/dkms/driver.conf", "CLEAN=/bin/true\nREMAKE_INITRD=\n");
  world.request.purpose = Purpose::changing;
  const std::string conf_file = "/var/lib/dkms/driver/1.0/source/dkms.conf";

  CHECK(said(world.read()) == "Deprecated feature: CLEAN (" + conf_file +
                                  ")\n"
                                  "Deprecated feature: REMAKE_INITRD (" +
                                  conf_file +
                                  ")\n"
                                  "Deprecated feature: MODULES_CONF (" +
                                  conf_file +
                                  ")\n"
                                  "Deprecated feature: OBSOLETE_BY (" +
                                  conf_file +
                                  "): use BUILD_EXCLUSIVE_KERNEL_MAX instead\n"
                                  "Deprecated feature: REMAKE_INITRD (/etc/dkms/driver.conf)\n"
                                  "Deprecated feature: MODULES_CONF (/etc/dkms/driver.conf)\n"
                                  "Deprecated feature: OBSOLETE_BY (/etc/dkms/driver.conf): use "
                                  "BUILD_EXCLUSIVE_KERNEL_MAX instead\n");
}

TEST_CASE("nobody who only looks is told of old directives") {
  DkmsWorld world;
  world.more_conf("CLEAN='make clean'\n");

  CHECK(said(world.read()).empty());
}

TEST_CASE(
    "what files print on stderr comes in the order of the files, and what they print on stdout is gone") {
  DkmsWorld world;
  world.more_conf("echo first >&2\necho hidden\n").file("/etc/dkms/driver.conf", "echo second >&2\n");
  world.request.directives = {"POST_ADD=x"};

  const auto remarks = world.read().remarks;

  REQUIRE(remarks.size() == 3);
  CHECK(remarks[0] == dkmsconf::Remark{Stream::errors, "first\n"});
  CHECK(remarks[1] == dkmsconf::Remark{Stream::errors, "second\n"});
  CHECK(remarks[2] == dkmsconf::Remark{Stream::output, "DIRECTIVE: POST_ADD=\"x\"\n"});
}

TEST_CASE("a syntax error is bash's message, and what stands before it counts") {
  DkmsWorld world;
  world.more_conf("POST_ADD=before\nif then\nPOST_REMOVE=after\n");

  const auto conf = world.read();

  CHECK(conf.standing == Standing::valid);
  CHECK(conf.scripts.post_add == "before");
  CHECK(conf.scripts.post_remove.empty());
  CHECK(said(conf).starts_with("/var/lib/dkms/driver/1.0/source/dkms.conf: line 6: syntax error near"));
}

TEST_CASE("a dkms.conf that is not there is missing, with DKMS's words and status 4") {
  DkmsWorld world;

  const auto conf = world.read();
  const auto refusal = refusal_of(conf, world.request, world.framework, "");

  CHECK(conf.standing == Standing::missing);
  REQUIRE(refusal.has_value());
  CHECK(refusal->status == 4);
  CHECK(refusal->remark.text ==
        "\nError! Could not locate dkms.conf file.\n"
        "File: /var/lib/dkms/driver/1.0/source/dkms.conf does not exist.\n");
}

TEST_CASE("a bad dkms.conf ends with status 8 and the name that was given") {
  DkmsWorld world;
  world.conf("");

  const auto refusal =
      refusal_of(world.read(), world.request, world.framework, "/usr/src/driver-1.0/dkms.conf");

  REQUIRE(refusal.has_value());
  CHECK(refusal->status == 8);
  CHECK(refusal->remark.text ==
        "\nError! Bad conf file.\n"
        "File: /usr/src/driver-1.0/dkms.conf does not represent a valid dkms.conf file.\n");
}

TEST_CASE("an excluded kernel ends with status 77 and a warning") {
  DkmsWorld world;
  world.more_conf("BUILD_EXCLUSIVE_ARCH=^s390\n");

  const auto conf = world.read();
  const auto exclusion = exclusion_of(conf, world.request, world.framework);

  CHECK(conf.standing == Standing::valid);
  REQUIRE(exclusion.has_value());
  CHECK(exclusion->status == 77);
  CHECK(exclusion->remark.text ==
        "Warning: The /var/lib/dkms/driver/1.0/6.1.0-test/x86_64/dkms.conf\n"
        "for module driver/1.0 includes BUILD_EXCLUSIVE directives\n"
        "which do not match this kernel/arch/config for any modules.\n"
        "This indicates that it should not be built.\n");
}

TEST_CASE("a valid dkms.conf for this kernel is refused nothing") {
  DkmsWorld world;
  world.more_conf("");

  const auto conf = world.read();

  CHECK_FALSE(refusal_of(conf, world.request, world.framework, "").has_value());
  CHECK_FALSE(exclusion_of(conf, world.request, world.framework).has_value());
}
