// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/state.hpp"

#include "unit/install/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace kpkg;
using namespace kpkg::install;
using namespace kpkg::install::world;

namespace {

const std::string modules = module_directory;

}  // namespace

TEST_CASE("a wanted module is seen where another tool has it, compressed, deep or written with a dash") {
  auto world = a_world();
  world.write(modules + "/updates/dkms/my-tty.ko.xz", "by dkms");
  world.write(modules + "/extra/a/b/my_tty.ko", "by hand");
  world.write(modules + "/extra/my_tty.txt", "no module");
  const auto wish = a_wish({a_module(world, "my_tty", "ours")}, "");

  const auto state = observe(world.root, wish, {}).value();

  REQUIRE(state.others.size() == 2);
  CHECK(state.others[0] == OtherModule{"my_tty", OtherModule::Place::foreign,
                                       modules + "/extra/a/b/my_tty.ko", crypto::sha256("by hand")});
  CHECK(state.others[1].path == modules + "/updates/dkms/my-tty.ko.xz");
}

TEST_CASE("the kernel's own modules are known from its lists, those that are built in too") {
  auto world = a_world();
  world.write(modules + "/modules.builtin", "kernel/drivers/serial.ko\n");
  const auto wish = a_wish({a_module(world, "tty", "ours"), a_module(world, "serial", "ours")}, "");

  const auto state = observe(world.root, wish, {}).value();

  REQUIRE(state.others.size() == 2);
  CHECK(state.others[0].place == OtherModule::Place::in_tree);
  CHECK(state.others[0].path == modules + "/kernel/drivers/tty.ko");
  CHECK(state.others[1].place == OtherModule::Place::built_in);
}

TEST_CASE("our own files are not other modules, and tell what they are now") {
  auto world = a_world();
  performed(world, {a_wish({a_module(world, "helper", "one"), a_module(world, "second", "two")}, "tty\n")});
  world.write(modules + "/updates/kpkg/helper.ko", "tampered");
  REQUIRE(world.root.remove("/etc/modules-load.d/kpkg-tty.conf"));
  const auto wish = a_wish({a_module(world, "helper", "one")}, "");

  const auto state = observe(world.root, wish, world.records()).value();

  CHECK(state.others.empty());
  REQUIRE(state.ours.size() == 3);
  CHECK_FALSE(state.ours[0].now.has_value());
  CHECK(state.ours[1].now == crypto::sha256("tampered"));
  CHECK_FALSE(state.ours[1].is_as_recorded());
  CHECK(state.ours[2].is_as_recorded());
  CHECK(state.occupied ==
        std::vector<OccupiedPlace>{{modules + "/updates/kpkg/helper.ko", crypto::sha256("tampered")}});
}

TEST_CASE("links among the modules are not followed") {
  auto world = a_world();
  std::filesystem::create_directory_symlink("..", world.directory.path() + modules + "/build");
  world.write("/usr/src/linux/tty.ko", "of the tree");
  std::filesystem::create_directory_symlink("/usr/src/linux", world.directory.path() + modules + "/source");
  const auto wish = a_wish({a_module(world, "helper", "ours")}, "");

  CHECK(observe(world.root, wish, {}).value().others.empty());
}

TEST_CASE("directories that must be made are named, outer first") {
  auto world = a_world();
  auto wish = a_wish({a_module(world, "tty", "ours")}, "");
  wish.configuration->push_back({"/etc/udev/rules.d/99-kpkg-tty.rules", "x"});

  const auto state = observe(world.root, wish, {}).value();

  CHECK(state.new_directories == std::vector<std::string>{"/etc/udev", "/etc/udev/rules.d",
                                                          modules + "/updates", modules + "/updates/kpkg"});
}

TEST_CASE("depmod's order comes from the root, and a file in /etc hides the one of its name in /lib") {
  auto world = a_world();
  world.write("/usr/lib/depmod.d/order.conf", "search built-in updates\n");
  const auto wish = a_wish({a_module(world, "tty", "ours")}, "");
  const auto of_lib = observe(world.root, wish, {}).value();
  world.write("/etc/depmod.d/order.conf",
              "# mine\nsearch extra updates built-in\noverride tty * extra\n"
              "override tty 5.10 old\noverride other * extra\n");

  const auto of_etc = observe(world.root, wish, {}).value();

  CHECK(of_lib.search_order == std::vector<std::string>{"built-in", "updates"});
  CHECK(of_etc.search_order == std::vector<std::string>{"extra", "updates", "built-in"});
  CHECK(of_etc.depmod_overrides == std::vector<std::string>{"extra"});
}

TEST_CASE("a kernel that the root does not have is not found, with a hint") {
  auto world = a_world();
  auto wish = a_wish({}, "");
  wish.kernel = "9.9";

  const auto state = observe(world.root, wish, {});

  REQUIRE_FALSE(state);
  CHECK(state.error().kind == ErrorKind::not_found);
  CHECK(state.error().hint == "see the kernels with `kpkg kernel list`");
}

TEST_CASE("a root whose /lib is a directory of its own has its modules there") {
  auto world = a_world();
  std::filesystem::remove(world.directory.path() + "/lib");
  std::filesystem::rename(world.directory.path() + "/usr/lib", world.directory.path() + "/lib");

  const auto state = observe(world.root, a_wish({}, ""), {}).value();

  CHECK(state.module_directory == std::string("/lib/modules/") + kernel);
  CHECK(state.index_files == std::vector<std::string>{"modules.dep"});
}
