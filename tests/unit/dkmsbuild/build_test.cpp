// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include <doctest/doctest.h>

#include <regex>

namespace kpkg::test {
namespace {

constexpr std::string_view prologue = "Module signing is disabled by policy, modules won't be signed\n\n";

/// The log with what differs from run to run replaced.
std::string plain(const std::string& log) {
  const std::regex times("\\d\\d:\\d\\d:\\d\\d\n");
  const std::regex second("^([^\n]*\n)[^\n]*\n");
  return std::regex_replace(std::regex_replace(log, second, "$1DATE\n"), times, "TIME\n");
}

}  // namespace

TEST_CASE("a build is told of, logged, and put into the tree") {
  BuildWorld world;

  CHECK(world.build() == 0);

  CHECK(world.said == std::string(prologue) + "Building module(s)...<> done.\n");
  CHECK(world.read(std::string(built) + "/module/driver.ko") == world.read("/usr/src/driver-1.0/module"));
  CHECK(plain(world.read(std::string(built) + "/log/make.log")) ==
        "DKMS (dkms-3.4.3) make.log for driver/1.0 for kernel 6.1.0-test (x86_64)\nDATE\n\n"
        "Building module(s)\n# command: cp module driver.ko\n\n# exit code: 0\n# elapsed time: TIME\n"
        "----------------------------------------------------------------\n");
  CHECK_FALSE(world.has(build_place));
}

TEST_CASE("what is built is not built again unless it is forced") {
  BuildWorld world;
  world.build();

  CHECK(world.build() == 0);
  CHECK(
      world.said ==
      "Module driver/1.0 already built for kernel 6.1.0-test (x86_64), skip. You may override by specifying "
      "--force.\n");

  world.choices.force = dkmsbuild::Force::yes;
  CHECK(world.build() == 0);
  CHECK(world.said == std::string(prologue) + "Building module(s)...<> done.\n");
}

TEST_CASE("a make that fails leaves its log and no build") {
  BuildWorld world;
  world.conf("MAKE[0]=\"make nothing\"\n");

  CHECK(world.build() == 10);

  CHECK(world.said == std::string(prologue) +
                          "Building module(s)...<>(bad exit status: 2)\nFailed command:\n"
                          "make -j2 KERNELRELEASE=6.1.0-test nothing\n\n"
                          "Error! Bad return status for module build on kernel: 6.1.0-test (x86_64)\n"
                          "Consult /var/lib/dkms/driver/1.0/build/make.log for more information.\n");
  CHECK(world.read(std::string(build_place) + "/make.log").find("# exit code: 2\n") != std::string::npos);
  CHECK_FALSE(world.has(built));
}

TEST_CASE("a module that does not come out is told of") {
  BuildWorld world;
  world.conf("MAKE[0]=true\n");

  CHECK(world.build() == 7);

  CHECK(world.said.find("\nError! Build of driver.ko failed for: 6.1.0-test (x86_64)\n"
                        "Make sure the name and location of the generated module are correct,\n"
                        "or consult /var/lib/dkms/driver/1.0/build/make.log for more information.\n") !=
        std::string::npos);
}

TEST_CASE("a build runs where DKMS builds, and knows DKMS's variables") {
  BuildWorld world;
  world.conf(
      "MAKE[0]='cp module driver.ko; pwd; echo $module $module_version $kernelver $arch \\$dkms_tree'\n");

  world.build();

  CHECK(world.read(std::string(built) + "/log/make.log")
            .find("\n/var/lib/dkms/driver/1.0/build\ndriver 1.0 6.1.0-test x86_64 /var/lib/dkms\n") !=
        std::string::npos);
}

TEST_CASE("patches come before the pre_build script, and that before make") {
  BuildWorld world;
  world.conf("MAKE[0]=\"cp text driver.ko\"\nPATCH[0]=one.patch\nPRE_BUILD=\"pre.sh a b\"\n");
  world.file("/usr/src/driver-1.0/text", "old\n");
  world.file("/usr/src/driver-1.0/patches/one.patch", "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-old\n+new\n");
  world.script("/usr/src/driver-1.0/pre.sh", "#!/bin/sh\necho $0 $1 $2\ncat text\n");

  CHECK(world.build() == 0);

  CHECK(world.said == std::string(prologue) +
                          "Applying patch one.patch...<> done.\nRunning the pre_build script...<> done.\n"
                          "Building module(s)...<> done.\n");
  CHECK(world.read(std::string(built) + "/module/driver.ko") == "new\n");
  CHECK(world.read(std::string(built) + "/log/make.log")
            .find("\n# command: cd /var/lib/dkms/driver/1.0/build/ && "
                  "/var/lib/dkms/driver/1.0/build/pre.sh a b\n/var/lib/dkms/driver/1.0/build/pre.sh a "
                  "b\nnew\n") != std::string::npos);
}

TEST_CASE("a patch that is missing ends the build") {
  BuildWorld world;
  world.conf("MAKE[0]=true\nPATCH[0]=one.patch\n");

  CHECK(world.build() == 5);

  CHECK(world.said == std::string(prologue) +
                          "\nError! Patch one.patch as specified in dkms.conf cannot be\n"
                          "found in /var/lib/dkms/driver/1.0/build/patches/.\n");
}

TEST_CASE("the post_build script sees the build, may change it, and its failure leaves it built") {
  BuildWorld world;
  world.conf("MAKE[0]=\"cp module driver.ko\"\nPOST_BUILD=post.sh\n");
  world.script("/usr/src/driver-1.0/post.sh",
               "#!/bin/sh\necho more >> ../$kernelver/$arch/module/driver.ko; exit 3\n");

  CHECK(world.build() == 3);

  CHECK(world.said == std::string(prologue) +
                          "Building module(s)...<> done.\n"
                          "Running the post_build script...<>(bad exit status: 3)\nFailed command:\n"
                          "cd /var/lib/dkms/driver/1.0/build/ && /var/lib/dkms/driver/1.0/build/post.sh\n"
                          "Consult /var/lib/dkms/driver/1.0/build/make.log for more information.\n");
  CHECK(world.read(std::string(built) + "/module/driver.ko").ends_with("more\n"));
}

TEST_CASE("without headers nothing is built") {
  BuildWorld world;
  world.task.id.target.kernel = "6.1.0-none";

  CHECK(world.build() == 21);

  CHECK(world.said ==
        "\nError! Your kernel headers for kernel 6.1.0-none cannot be found at /lib/modules/6.1.0-none/build "
        "or "
        "/lib/modules/6.1.0-none/source.\n"
        "Please install your distribution's kernel headers package matching 6.1.0-none, or use the "
        "--kernelsourcedir option to tell DKMS where it's located.\n");
}

TEST_CASE("a module that others must precede waits for them, unless it is forced") {
  BuildWorld world;
  world.conf("MAKE[0]=\"cp module driver.ko\"\nBUILD_DEPENDS[0]=spl\n");

  CHECK(world.build() == 13);
  CHECK(world.said ==
        std::string(prologue) +
            "\nError! Aborting build of module driver/1.0 for kernel 6.1.0-test (x86_64) due to "
            "missing BUILD_DEPENDS: spl.\nYou may override by specifying --force.\n");

  world.choices.force = dkmsbuild::Force::yes;
  CHECK(world.build() == 0);
  CHECK(
      world.said.find("Warning: Trying to build module driver/1.0 for kernel 6.1.0-test (x86_64) despite of "
                      "missing BUILD_DEPENDS: spl.\n") != std::string::npos);
}

TEST_CASE("a version that is not in the tree is added first") {
  BuildWorld world;
  world.task.id.version = "2.0";
  world.adding_ends_with = 2;

  CHECK(world.build() == 2);

  CHECK(world.added == std::vector<std::string>{"driver/2.0"});
}

TEST_CASE("what is no file, or leads out of the build, is no module") {
  BuildWorld world;
  for (const std::string made : {"mkfifo driver.ko", "mkdir driver.ko", "ln -s /usr/bin/env driver.ko",
                                 "ln -s ../../../../../../../usr/bin/env driver.ko"}) {
    CAPTURE(made);
    world.conf("MAKE[0]=\"" + made + "\"\n");

    CHECK(world.build() == 7);

    CHECK_FALSE(world.has(built));
  }
}

TEST_CASE("modules are compressed as the kernel's are") {
  BuildWorld world;
  world.file("/lib/modules/6.1.0-test/kernel/other.ko.xz", "");

  CHECK(world.build() == 0);

  CHECK(world.has(std::string(built) + "/module/driver.ko.xz"));
}

}  // namespace kpkg::test
