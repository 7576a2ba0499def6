// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/wish.hpp"

#include <doctest/doctest.h>

using namespace kpkg::install;

namespace {

WantedModule a_module() {
  WantedModule module;
  module.name = "tty0tty";
  return module;
}

const std::string head = "# Written by kpkg for tty0tty. It is yours to change: a changed file is kept.\n";

}  // namespace

TEST_CASE("a module without wishes needs no configuration file") {
  CHECK(configuration_files("tty0tty", {a_module()}, LoadAtBoot::no, {}).empty());
}

TEST_CASE("modules that are loaded at boot are listed in one file of the recipe") {
  auto second = a_module();
  second.name = "second";

  const auto files = configuration_files("tty0tty", {a_module(), second}, LoadAtBoot::yes, {});

  CHECK(files ==
        std::vector<WantedFile>{{"/etc/modules-load.d/kpkg-tty0tty.conf", head + "tty0tty\nsecond\n"}});
}

TEST_CASE("options, softdeps and blacklists become lines of one modprobe.d file") {
  auto module = a_module();
  module.options = "devices=2";
  module.softdep_pre = {"a", "b"};
  module.softdep_post = {"c"};
  module.blacklist = {"intree"};

  const auto files = configuration_files("tty0tty", {module}, LoadAtBoot::no, {});

  CHECK(files == std::vector<WantedFile>{
                     {"/etc/modprobe.d/kpkg-tty0tty.conf", head + "options tty0tty devices=2\n"
                                                                  "softdep tty0tty pre: a b post: c\n"
                                                                  "blacklist intree\n"}});
}

TEST_CASE("a rules file keeps its number and its bytes, and gets the recipe's name") {
  const auto files = configuration_files("tty0tty", {}, LoadAtBoot::no,
                                         {{"99-tty0tty.rules", "one"},
                                          {"module/70-leds.rules", "two"},
                                          {"plain.rules", "three"},
                                          {"9-odd", "four"}});

  CHECK(files == std::vector<WantedFile>{{"/etc/udev/rules.d/99-kpkg-tty0tty.rules", "one"},
                                         {"/etc/udev/rules.d/70-kpkg-tty0tty-leds.rules", "two"},
                                         {"/etc/udev/rules.d/60-kpkg-tty0tty-plain.rules", "three"},
                                         {"/etc/udev/rules.d/60-kpkg-tty0tty-9-odd.rules", "four"}});
}
