// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/apply.hpp"
#include "install/index.hpp"
#include "store/artifact_directory.hpp"
#include "support/module_builder.hpp"
#include "unit/install/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::install;
using namespace kpkg::install::world;

// The real depmod and modprobe, on a small tree, with the real store.

namespace {

const std::string modules = module_directory;

std::string module_bytes(const std::string& name, const std::string& version) {
  return test::ModuleBuilder().named(name).with_modinfo("version", version).bytes();
}

World a_world_of_kmod() {
  auto world = a_world();
  world.write(modules + "/kernel/drivers/tty.ko", module_bytes("tty", "in-tree"));
  world.write(modules + "/modules.builtin", "");
  return world;
}

WantedModule a_kept_module(const World& world, const std::string& name, const std::string& version) {
  const auto bytes = module_bytes(name, version);
  WantedModule module;
  module.name = name;
  module.file_name = name + ".ko";
  module.digest = store::keep_artifact(world.root, bytes).value();
  module.size = bytes.size();
  module.decision = abi::Decision::loads;
  return module;
}

/// Observes, plans and performs as workflow does.
Result<Receipt> install_in(const World& world, store::Store& store, const Wish& wish) {
  const auto state = KPKG_TRY(observe(world.root, wish, KPKG_TRY(store::installed_for(store, wish.kernel))));
  RootDisk disk(world.root);
  system::SystemRunner runner;
  StoreLedger ledger(store);
  return apply(Plans{plan(wish, state, {})}, Site{disk, runner, store, ledger},
               [&](const crypto::Digest& digest) { return store::read_artifact(world.root, digest); });
}

}  // namespace

TEST_CASE("real depmod prefers our module to the kernel's, modprobe finds it, and the store knows it") {
  const auto world = a_world_of_kmod();
  auto store = store::Store::open(world.root, store::Access::write).value();
  auto module = a_kept_module(world, "tty", "1");
  module.allowed_by = "--allow-unverified";

  const auto receipt = install_in(world, store, a_wish({module}, "tty\n"));

  REQUIRE(receipt);
  CHECK(receipt->unfinished.empty());
  CHECK(world.root.read(modules + "/modules.dep").value().find("updates/kpkg/tty.ko:") != std::string::npos);
  const auto files = store::installed(store).value();
  REQUIRE(files.size() == 2);
  CHECK(files[1].path == modules + "/updates/kpkg/tty.ko");
  CHECK(files[1].artifact == files[1].digest);
  CHECK(files[1].transaction == receipt->transaction);
  CHECK(files[1].allowed_by == "--allow-unverified");
  CHECK(files[0].allowed_by.empty());
  CHECK(store.unfinished().value().empty());
}

TEST_CASE("a depmod.d of the root that prefers the kernel's module makes the check fail and undoes all") {
  const auto world = a_world_of_kmod();
  auto store = store::Store::open(world.root, store::Access::write).value();
  world.write(modules + "/modules.order", "");  // so that the plan does not see it coming
  world.write("/etc/depmod.d/order.conf", "search built-in updates\n");
  const auto wish = a_wish({a_kept_module(world, "tty", "1")}, "");
  const auto before = world.root.read(modules + "/modules.dep").value();

  const auto receipt = install_in(world, store, wish);

  REQUIRE_FALSE(receipt);
  CHECK(receipt.error().kind == ErrorKind::install_failed);
  CHECK(receipt.error().message.find("modprobe does not find") != std::string::npos);
  CHECK(world.root.read(modules + "/modules.dep").value() == before);
  CHECK_FALSE(world.root.status(modules + "/modules.dep.bin").value().has_value());
  CHECK_FALSE(world.root.status(modules + "/updates").value().has_value());
  CHECK(store::installed(store).value().empty());
  CHECK(store.unfinished().value().empty());
}

TEST_CASE("an upgrade and a removal leave real depmod's index as if nothing had been there") {
  const auto world = a_world_of_kmod();
  auto store = store::Store::open(world.root, store::Access::write).value();
  REQUIRE(install_in(world, store, a_wish({a_kept_module(world, "tty", "1")}, "")));
  REQUIRE(install_in(world, store, a_wish({a_kept_module(world, "tty", "2")}, "")));

  REQUIRE(install_in(world, store, a_wish({}, "")));

  CHECK(world.root.read(modules + "/modules.dep").value() == "kernel/drivers/tty.ko:\n");
  CHECK_FALSE(world.root.status(modules + "/updates").value().has_value());
  CHECK(store::installed(store).value().empty());
}

TEST_CASE("depmod does not see the names under which files are staged and kept") {
  const auto world = a_world_of_kmod();
  auto store = store::Store::open(world.root, store::Access::write).value();
  world.write(modules + "/updates/kpkg/.kpkg-new-1-hidden.ko.part", module_bytes("hidden", "1"));
  world.write(modules + "/updates/kpkg/.kpkg-old-1-hidden.ko.part", module_bytes("hidden", "1"));

  REQUIRE(install_in(world, store, a_wish({a_kept_module(world, "helper", "1")}, "")));

  CHECK(world.root.read(modules + "/modules.dep").value().find("hidden") == std::string::npos);
}

TEST_CASE("what a stopped depmod leaves is told from what it writes") {
  CHECK(is_index_file("modules.dep"));
  CHECK_FALSE(is_index_file("modules.order"));
  CHECK(is_index_leftover("modules.dep.29605.380052.1795225181"));
  CHECK(is_index_leftover("modules.alias.bin.1.2.3"));
  CHECK_FALSE(is_index_leftover("modules.dep"));
  CHECK_FALSE(is_index_leftover("modules.dep.1.2"));
  CHECK_FALSE(is_index_leftover("modules.order.1.2.3"));
  CHECK_FALSE(is_index_leftover("123"));
  CHECK_FALSE(is_index_leftover(""));
}
