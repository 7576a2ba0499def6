// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/inspect.hpp"

#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;

namespace {

const std::string tree_module = "/var/lib/dkms/a/1/6.1.0-9-amd64/x86_64/module/a.ko";
const std::string updates = "/usr/lib/modules/6.1.0-9-amd64/updates/dkms/a.ko";

World an_installed_world() {
  World world;
  world.added("a", "1").installed("a", "1", old_kernel);
  return world;
}

std::string remark(const World& world) {
  const auto line = world.status().at(0);
  const auto start = line.find(" (");
  return start == std::string::npos ? "" : line.substr(start + 1);
}

constexpr auto differ = "(Differences between built and installed modules)";
constexpr auto missing = "(Built modules are missing in the kernel modules folder)";

}  // namespace

TEST_CASE("a module that is installed as it was built needs no remark") {
  CHECK(remark(an_installed_world()).empty());
}

TEST_CASE("a module that is gone from the kernel, or has other bytes of the same size, differs") {
  auto world = an_installed_world();
  std::string bytes = world.root().read(updates).value();
  bytes.back() = '?';
  world.file(updates, bytes);
  CHECK(remark(world) == differ);

  world.gone(updates);

  CHECK(remark(world) == differ);
}

TEST_CASE("modules that are longer than one reading are compared to their ends") {
  auto world = an_installed_world();
  std::string bytes(200'000, 'x');
  world.file(tree_module, bytes).file(updates, bytes);
  CHECK(remark(world).empty());
  bytes.back() = 'y';

  world.file(updates, bytes);

  CHECK(remark(world) == differ);
}

TEST_CASE("a module that is not among the built ones is missing, whatever is installed") {
  auto world = an_installed_world();
  world.gone(tree_module);

  CHECK(remark(world) == missing);
}

TEST_CASE("compressed modules are compared as they lie there") {
  auto world = an_installed_world();
  world.gone(tree_module).gone(updates).file(tree_module + ".xz", "one stream");
  world.file(updates + ".xz", "one stream");
  CHECK(remark(world).empty());

  world.file(updates + ".xz", "other stream");

  CHECK(remark(world) == differ);
}

TEST_CASE("a module that is only built is not compared") {
  World world;
  world.added("a", "1").built("a", "1", old_kernel).file(updates, "something else");

  CHECK(remark(world).empty());
}

TEST_CASE("a module may be in the second location if the first has none of its name") {
  auto world = an_installed_world();
  world.file("/usr/lib/modules/6.1.0-9-amd64/kernel/net/a.ko", "the kernel's own");
  CHECK(remark(world).empty());

  world.gone(updates);
  CHECK(remark(world) == differ);

  world.file("/usr/lib/modules/6.1.0-9-amd64/kernel/net/a.ko", world.root().read(tree_module).value());
  CHECK(remark(world).empty());
}

TEST_CASE("a module that was installed as a link is the one it leads to") {
  auto world = an_installed_world();
  world.gone(updates).link(tree_module, updates);

  CHECK(remark(world).empty());
}

TEST_CASE("originals are told first, also of what is only built") {
  auto world = an_installed_world();
  world.directory("/var/lib/dkms/a/original_module/6.1.0-9-amd64/x86_64").gone(updates);

  CHECK(remark(world) == std::string("(Original modules exist) ") + differ);
}

TEST_CASE("of a build without a dkms.conf nothing more is said") {
  auto world = an_installed_world();
  world.directory("/var/lib/dkms/a/original_module/6.1.0-9-amd64/x86_64").gone(updates);
  const auto tree = world.tree();
  auto entries = statuses(tree, {});

  inspect(
      world.root(), world.places, tree, [](const BuildId&) { return std::nullopt; }, entries);

  CHECK(entries.at(0).remarks.empty());
}

TEST_CASE("of several modules the first one that is not in order decides") {
  auto world = an_installed_world();
  const auto tree = world.tree();
  auto entries = statuses(tree, {});
  const std::vector<Destination> two = {{.name = "b", .locations = {"/updates/dkms"}},
                                        {.name = "a", .locations = {"/updates/dkms"}}};
  world.gone(updates);

  inspect(
      world.root(), world.places, tree, [&](const BuildId&) { return two; }, entries);

  CHECK(entries.at(0).remarks == std::vector{Remark::modules_missing});
}
