// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/apply.hpp"
#include "unit/install/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::install;
using namespace kpkg::install::world;

namespace {

const std::string own = own_directory;

World an_installed_world() {
  auto world = a_world();
  performed(world,
            {a_wish({a_module(world, "tty", "tty one"), a_module(world, "helper", "helper one")}, "tty\n")});
  return world;
}

/// An upgrade of one recipe and an installation of another at once.
Wishes upgrade_and_first(World& world) {
  return {a_wish({a_module(world, "tty", "tty two"), a_module(world, "extra", "extra two")}, "tty\nextra\n"),
          a_wish({a_module(world, "net", "net one")}, "net\n", "net")};
}

using Kind = Fault::Kind;

}  // namespace

TEST_CASE("several plans have one transaction, one index and one initial RAM disk, and each is recorded") {
  auto world = an_installed_world();
  world.commands.clear();
  auto plans = plans_for(world, upgrade_and_first(world));
  plans[0].steps.push_back({.kind = StepKind::initramfs});
  plans[1].steps.push_back({.kind = StepKind::initramfs});

  REQUIRE(perform(world, plans));

  CHECK(world.commands ==
        std::vector<std::string>{"depmod", "sync", "modprobe", "modprobe", "modprobe", "update-initramfs"});
  CHECK(world.transactions.size() == 2);
  CHECK(world.recorded.at(own + "/net.ko").recipe == "net");
  CHECK(world.recorded.at(own + "/extra.ko").recipe == "tty");
  CHECK(world.root.read(own + "/net.ko").value() == "net one");
  CHECK(world.root.read(own + "/tty.ko").value() == "tty two");
}

TEST_CASE("a module of the second plan that modprobe does not find undoes the first plan too") {
  auto world = an_installed_world();
  const auto before = world.files();
  auto wishes = upgrade_and_first(world);
  wishes[1].modules[0].file_name = "other.ko";

  const auto receipt = perform(world, plans_for(world, wishes));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::install_failed);
  CHECK(world.files() == before);
}

TEST_CASE("a second plan that is refused stops the first before anything is noted") {
  auto world = a_world();
  auto wishes = upgrade_and_first(world);
  wishes[1].modules[0].decision = abi::Decision::refused;

  const auto receipt = perform(world, plans_for(world, wishes));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::incompatible);
  CHECK(world.transactions.empty());
}

TEST_CASE("two plans for a module of one name are a conflict, whatever their files are called") {
  auto world = a_world();
  auto wishes = upgrade_and_first(world);
  wishes[1].modules = {a_module(world, "tty", "tty of another recipe")};
  wishes[1].modules[0].file_name = "tty.ko.xz";
  const auto before = world.files();

  const auto receipt = perform(world, plans_for(world, wishes));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::conflict);
  CHECK(receipt.error().message == "tty is in the plans of both tty and net");
  CHECK(world.files() == before);
  CHECK(world.transactions.empty());
}

TEST_CASE("two plans for one file are a conflict") {
  auto world = a_world();
  auto wishes = upgrade_and_first(world);
  wishes[1].configuration->at(0).path = wishes[0].configuration->at(0).path;

  const auto receipt = perform(world, plans_for(world, wishes));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().message == "/etc/modules-load.d/kpkg-tty.conf is in the plans of both tty and net");
}

TEST_CASE("whatever single operation fails, all of several plans are undone or finished" *
          doctest::timeout(90)) {
  CHECK(survive(Kind::before, an_installed_world, upgrade_and_first) > 35);
  CHECK(survive(Kind::after, an_installed_world, upgrade_and_first) > 35);
  CHECK(survive(Kind::for_good, an_installed_world, upgrade_and_first) > 35);
}

TEST_CASE("a process that is killed at any operation of several plans leaves all or nothing of them" *
          doctest::timeout(90)) {
  CHECK(survive(Kind::stop, an_installed_world, upgrade_and_first) > 35);
  CHECK(survive(Kind::stop, a_world, upgrade_and_first) > 35);
  CHECK(survive_two_stops(an_installed_world, upgrade_and_first) > 50);
}

TEST_CASE("recovery answers for each plan of a transaction") {
  auto world = a_world();
  const auto plans = plans_for(world, upgrade_and_first(world));
  world.transactions.push_back({1, kernel, json_text_of(plans), store::TransactionState::intended, 1});

  const auto recovered = recover_in(world);

  REQUIRE(recovered);
  CHECK(*recovered == std::vector<Recovery>{{1, Recovery::Outcome::undone, plans[0]},
                                            {1, Recovery::Outcome::undone, plans[1]}});
}
