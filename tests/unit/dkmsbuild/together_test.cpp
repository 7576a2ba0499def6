// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "dkmsbuild/turn_printer.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

namespace kpkg::test {
namespace {

using dkmsbuild::TurnPrinter;

std::string told_alone(const std::string& name) {
  return name + "\nBuilding module(s)... done.\nInstalling /lib/modules/6.1.0-test/updates/dkms/" + name +
         ".ko\nRunning depmod... done.\n\n";
}

}  // namespace

TEST_CASE("what is said before its turn appears at its turn, in its order") {
  TextPrinter stage;
  TurnPrinter first(stage);
  TurnPrinter second(stage);

  first.take_turn();
  second.say(Stream::output, "3");
  first.say(Stream::output, "1");
  second.say(Stream::errors, "4");
  first.say(Stream::output, "2");
  second.take_turn();
  second.say(Stream::output, "5");

  CHECK(stage.text == "12345");
  CHECK(stage.errors == "4");
}

TEST_CASE("dots begin with the turn, if they are still wanted") {
  TextPrinter stage;
  TurnPrinter waiting(stage);
  TurnPrinter ended(stage);

  waiting.start_dots();
  ended.start_dots();
  ended.stop_dots();
  waiting.take_turn();
  waiting.stop_dots();
  ended.take_turn();

  CHECK(stage.text == "<>");
}

TEST_CASE("several are told of as if they were alone, and indexed once") {
  BuildWorld world;
  world.driver("second", "MAKE[0]='cp module second.ko'\n").driver("third", "MAKE[0]='cp module third.ko'\n");

  CHECK(world.install_together({"driver", "second", "third"}) == std::vector<ExitStatus>{0, 0, 0});

  // Whether dots are still wanted at its turn hangs on how fast each is.
  CHECK(replaced(world.said, "<>", "") ==
        "Module signing is disabled by policy, modules won't be signed\n\n" + told_alone("driver") +
            told_alone("second") + told_alone("third"));
  CHECK(world.runner.in_root == std::vector<std::string>{"depmod -a 6.1.0-test"});
  CHECK_FALSE(world.has("/var/lib/dkms/depmod-pending-6.1.0-test-x86_64"));
}

TEST_CASE("what a configuration has to say is said once, also where several are built at once") {
  BuildWorld world;
  world.driver("second", "MAKE[0]='cp module second.ko'\nCLEAN=make\n");

  CHECK(world.install_together({"driver", "second"}) == std::vector<ExitStatus>{0, 0});

  const std::string said = "second\nDeprecated feature: CLEAN (/var/lib/dkms/second/1.0/source/dkms.conf)\n";
  const auto at = world.said.find(said);
  REQUIRE(at != std::string::npos);
  CHECK(world.said.find("Deprecated", at + said.size()) == std::string::npos);
}

TEST_CASE("one version is built for several kernels at once, and told of for one after the other") {
  BuildWorld world;
  world.link("/usr/src/linux-headers-6.1.0-test", "/lib/modules/6.2.0-test/build");
  auto other = world.task;
  other.id.target.kernel = "6.2.0-test";

  CHECK(world.build_expected({world.task, other}) == std::vector<ExitStatus>{0, 0});

  const std::string one =
      "Module signing is disabled by policy, modules won't be signed\n\nBuilding module(s)... done.\n";
  CHECK(replaced(world.said, "<>", "") == one + one);
  CHECK(world.has("/var/lib/dkms/driver/1.0/6.2.0-test/x86_64/module/driver.ko"));
  CHECK_FALSE(world.has(build_place));
}

TEST_CASE("one that fails keeps no other from being installed") {
  BuildWorld world;
  world.driver("second", "MAKE[0]=false\n").driver("third", "MAKE[0]='cp module third.ko'\n");

  CHECK(world.install_together({"driver", "second", "third"}) == std::vector<ExitStatus>{0, 10, 0});

  CHECK(world.has("/lib/modules/6.1.0-test/updates/dkms/third.ko"));
  CHECK(world.has("/var/lib/dkms/second/1.0/build/make.log"));
}

TEST_CASE("an index that cannot be made takes all of them back") {
  BuildWorld world;
  world.driver("second", "MAKE[0]='cp module second.ko'\n");
  world.runner.outcomes["depmod"] = {.status = 1};

  CHECK(world.install_together({"driver", "second"}) == std::vector<ExitStatus>{6, 6});

  CHECK_FALSE(world.has("/lib/modules/6.1.0-test/updates"));
  CHECK(world.has(built));
}

TEST_CASE("builds side by side share the jobs, and their logs name the command of DKMS") {
  BuildWorld world;
  const std::string makefile =
      "all:\n\tcp module $(NAME).ko\n\t@echo \"has $(filter --jobserver%,$(MAKEFLAGS))\"\n";
  world.conf("MAKE[0]='make NAME=driver'\n").driver("second", "MAKE[0]='make NAME=second'\n");
  world.file("/usr/src/driver-1.0/Makefile", makefile).file("/usr/src/second-1.0/Makefile", makefile);

  CHECK(world.install_together({"driver", "second"}) == std::vector<ExitStatus>{0, 0});

  const auto log = world.read(std::string(built) + "/log/make.log");
  CHECK(log.find("# command: make -j2 KERNELRELEASE=6.1.0-test NAME=driver\n") != std::string::npos);
  CHECK(log.find("has --jobserver-auth=") != std::string::npos);
}

}  // namespace kpkg::test
