// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/apply.hpp"

#include "install/undo.hpp"
#include "unit/install/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace kpkg;
using namespace kpkg::install;
using namespace kpkg::install::world;

namespace {

const std::string own = own_directory;
const std::string dep = std::string(module_directory) + "/modules.dep";

Wish first_wish(World& world) {
  return a_wish({a_module(world, "tty", "tty one"), a_module(world, "helper", "helper one")}, "tty\n");
}

/// Of the first wish: one module changes, one goes, one comes, the configuration changes.
Wish second_wish(World& world) {
  return a_wish({a_module(world, "tty", "tty two"), a_module(world, "extra", "extra two")}, "tty\nextra\n");
}

Wishes first(World& world) {
  return {first_wish(world)};
}

Wishes second(World& world) {
  return {second_wish(world)};
}

Wishes removal(World& /*world*/) {
  return {a_wish({}, "")};
}

World an_installed_world() {
  auto world = a_world();
  performed(world, first(world));
  return world;
}

using Kind = Fault::Kind;

}  // namespace

TEST_CASE("an installation puts the files, indexes once and leaves nothing else behind") {
  auto world = a_world();
  auto expected = world.files();

  performed(world, first(world));

  expected[own.substr(0, own.rfind('/'))] = expected[own] = "directory or link";
  expected[own + "/tty.ko"] = "tty one";
  expected[own + "/helper.ko"] = "helper one";
  expected["/etc/modules-load.d/kpkg-tty.conf"] = "tty\n";
  expected[dep] =
      "kernel/drivers/tty.ko: the kernel's\nupdates/kpkg/helper.ko: helper one\n"
      "updates/kpkg/tty.ko: tty one\n";
  expected[std::string(module_directory) + "/modules.weakdep"] = expected[dep];
  CHECK(world.files() == expected);
  CHECK(world.commands == std::vector<std::string>{"depmod", "sync", "modprobe", "modprobe"});
  CHECK(world.recorded.size() == 3);
  CHECK(world.transactions.at(0).state == store::TransactionState::concluded);
}

TEST_CASE("installed modules may be read by everyone and written by root") {
  auto world = a_world();

  performed(world, first(world));

  CHECK(world.root.status(own + "/tty.ko").value()->mode == 0644);
}

TEST_CASE("a removal takes the files and the directories away and indexes") {
  auto world = an_installed_world();

  performed(world, removal(world));

  CHECK_FALSE(world.root.status(std::string(module_directory) + "/updates").value().has_value());
  CHECK_FALSE(world.root.status("/etc/modules-load.d/kpkg-tty.conf").value().has_value());
  CHECK(world.root.read(dep).value() == "kernel/drivers/tty.ko: the kernel's\n");
  CHECK(world.recorded.empty());
}

TEST_CASE("whatever single operation fails, an installation is undone or finished" * doctest::timeout(60)) {
  CHECK(survive(Kind::before, a_world, first) > 25);
  CHECK(survive(Kind::after, a_world, first) > 25);
}

TEST_CASE("whatever single operation fails, an upgrade is undone or finished" * doctest::timeout(60)) {
  CHECK(survive(Kind::before, an_installed_world, second) > 25);
  CHECK(survive(Kind::after, an_installed_world, second) > 25);
}

TEST_CASE("whatever single operation fails, a removal is undone or finished" * doctest::timeout(60)) {
  CHECK(survive(Kind::before, an_installed_world, removal) > 15);
  CHECK(survive(Kind::after, an_installed_world, removal) > 15);
}

TEST_CASE("a disk that fails for good is put right by the next command" * doctest::timeout(60)) {
  CHECK(survive(Kind::for_good, a_world, first) > 25);
  CHECK(survive(Kind::for_good, an_installed_world, second) > 25);
  CHECK(survive(Kind::for_good, an_installed_world, removal) > 15);
}

TEST_CASE("a process that is killed at any operation leaves what the next command puts right" *
          doctest::timeout(60)) {
  CHECK(survive(Kind::stop, a_world, first) > 25);
  CHECK(survive(Kind::stop, an_installed_world, second) > 25);
  CHECK(survive(Kind::stop, an_installed_world, removal) > 15);
}

TEST_CASE("a recovery that is killed itself is finished by the next one" * doctest::timeout(90)) {
  CHECK(survive_two_stops(an_installed_world, second) > 50);
}

TEST_CASE("a change that was undone is not recorded as done, although the journal says that it was applied") {
  auto world = an_installed_world();
  const auto before = world.files();
  const auto plans = plans_for(world, second(world));
  world.fault.kind = Kind::journal;
  REQUIRE_FALSE(perform(world, plans));
  world.fault = {};
  REQUIRE(world.transactions.back().state == store::TransactionState::applied);

  const auto recovered = recover_in(world);

  REQUIRE(recovered);
  CHECK(recovered->at(0).outcome == Recovery::Outcome::undone);
  CHECK(world.files() == before);
  CHECK(world.recorded.count(own + "/extra.ko") == 0);
  CHECK(world.recorded.count(own + "/helper.ko") == 1);
}

TEST_CASE("a failed installation is install_failed, and says the cause") {
  auto world = a_world();
  const auto plans = plans_for(world, first(world));
  world.fault = {.kind = Kind::before, .at = 12};

  const auto receipt = perform(world, plans);

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::install_failed);
  CHECK(receipt.error().message.find("the injected failure") != std::string::npos);
  CHECK(world.transactions.at(0).state == store::TransactionState::undone);
}

TEST_CASE("bytes that are not the judged ones are not installed") {
  auto world = a_world();
  const auto before = world.files();
  const auto wish = first_wish(world);
  world.artifacts[wish.modules[0].digest.hex()] = "something else";

  const auto receipt = perform(world, plans_for(world, {wish}));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().message.find("not those that were judged") != std::string::npos);
  CHECK(world.files() == before);
}

TEST_CASE("a file that changed between plan and apply stops the installation") {
  auto world = an_installed_world();
  const auto plans = plans_for(world, second(world));
  world.write("/etc/modules-load.d/kpkg-tty.conf", "mine\n");

  const auto receipt = perform(world, plans);

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::conflict);
  CHECK(receipt.error().message.find("was changed since the plan was made") != std::string::npos);
  CHECK(world.root.read("/etc/modules-load.d/kpkg-tty.conf").value() == "mine\n");
  CHECK(world.root.read(own + "/tty.ko").value() == "tty one");
  CHECK(world.transactions.size() == 1);
}

TEST_CASE("a file that someone else put there since the plan was made stays, even if it is the wanted one") {
  auto world = a_world();
  const auto plans = plans_for(world, first(world));
  world.write(own + "/tty.ko", "tty one");
  const auto before = world.files();

  const auto receipt = perform(world, plans);

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::conflict);
  CHECK(world.files() == before);
  CHECK(world.transactions.empty());
}

TEST_CASE("recovery does not remove the wanted file where kpkg had not yet put its own") {
  auto world = a_world();
  const auto intent = json_text_of(plans_for(world, first(world)));
  world.transactions.push_back({1, kernel, intent, store::TransactionState::intended, 1});
  world.write(staged_path(own + "/tty.ko", 1), "tty one");
  world.write(own + "/tty.ko", "tty one");

  REQUIRE(recover_in(world));

  CHECK(world.root.read(own + "/tty.ko").value() == "tty one");
  CHECK_FALSE(world.root.status(staged_path(own + "/tty.ko", 1)).value().has_value());
}

TEST_CASE("a module that modprobe does not find after depmod is undone") {
  auto world = a_world();
  const auto before = world.files();
  auto wish = first_wish(world);
  wish.modules[0].file_name = "other.ko";

  const auto receipt = perform(world, plans_for(world, {wish}));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().message.find("modprobe does not find") != std::string::npos);
  CHECK(world.files() == before);
}

TEST_CASE("a refused plan is not performed, and its refusal is the error") {
  auto world = a_world();
  auto wish = first_wish(world);
  wish.modules[0].decision = abi::Decision::refused;

  const auto receipt = perform(world, plans_for(world, {wish}));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::incompatible);
  CHECK(world.transactions.empty());
}

TEST_CASE("a link that leads programs out of the root stops the installation") {
  auto world = a_world();
  std::filesystem::remove(world.directory.path() + "/lib");
  std::filesystem::create_symlink("/usr/lib", world.directory.path() + "/lib");
  const auto before = world.files();

  const auto receipt = perform(world, plans_for(world, first(world)));

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().message.find("leads out of") != std::string::npos);
  CHECK(world.files() == before);
}

TEST_CASE("an intent that cannot be read stops recovery with the number of the transaction") {
  auto world = a_world();
  world.transactions.push_back({1, kernel, "not a plan", store::TransactionState::intended, 1});

  const auto recovered = recover_in(world);

  REQUIRE_FALSE(recovered);
  CHECK(recovered.error().kind == ErrorKind::corrupt);
  CHECK(recovered.error().text().find("recovering transaction 1") != std::string::npos);
}
