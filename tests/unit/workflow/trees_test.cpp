// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/trees.hpp"

#include "archive/archives.hpp"
#include "source_world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kpkg;
using namespace kpkg::test;
using workflow::MakeTrees;
using workflow::TreeRequest;

namespace {

const std::string off = "[mainline]\nenabled = false\n";

/// "origin place: reason" a line, of a kernel without headers.
std::string steps(SourceWorld& world, const TreeRequest& request) {
  const auto resolved = workflow::resolve_tree(world.workspace, world.target(), request);
  if (!resolved) return "failed: " + resolved.error().text() + "\n";
  std::string text;
  for (const auto& step : resolved->steps)
    text += fmt::format("{} {}: {}\n", workflow::name_of(step.origin), step.place, step.text);
  return text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the last place of a tree is the kernel's source, and every place of that is told") {
  SourceWorld world;
  const auto file = world.file("vendor.tar", "something else");
  world.set(off + a_kernel_source(file, a_source()));

  const auto told = steps(world, {.make = MakeTrees::yes});

  CHECK(has(told, "packages /var/cache/kpkg/trees/9.9-kpkg/packages: "));
  CHECK(has(told, "\nsource file://" + file + ": the digest of file://" + file + " differs"));
  CHECK(has(told, "\nsource linux-source-9.9 9.9.9-2: the program apt-get is not there\n"));
  CHECK_FALSE(has(told, "rebuilt"));
}

TEST_CASE("a tree is made of the source that was found, and goes no further if that yields none") {
  SourceWorld world;
  const auto file = world.file("vendor.tar", a_source());
  world.set(off + a_kernel_source(file, a_source()));

  const auto told = steps(world, {.make = MakeTrees::yes});

  CHECK(has(told,
            "\nrebuilt /var/cache/kpkg/trees/9.9-kpkg/rebuilt: rebuilding the tree of kernel 9.9-kpkg: "));
  CHECK_FALSE(has(told, "linux-source-9.9"));
  CHECK(world.tree.root.list("/var/cache/kpkg/work")->value().empty());
}

TEST_CASE("no source is looked for where no tree may be made, or a tree or a source is named") {
  SourceWorld world;
  world.set(off + a_kernel_source("/absent", a_source()));
  REQUIRE(world.tree.root.make_directories("/named").has_value());

  CHECK(steps(world, {.make = MakeTrees::no}) == "");
  CHECK_FALSE(has(steps(world, {.make = MakeTrees::yes, .named = "/named"}), "source"));
  CHECK_FALSE(has(steps(world, {.make = MakeTrees::yes, .source = "/named"}), "source file"));
}

TEST_CASE("offline only a source that is installed is looked for") {
  SourceWorld world;
  world.set(off + a_kernel_source("/absent", a_source()));

  CHECK(steps(world, {.make = MakeTrees::offline}) == "");
  world.add("/usr/src/linux-source-9.9.tar", a_source());
  world.owned("/usr/src/linux-source-9.9.tar", "linux-source-9.9", "9.9.9-1");

  CHECK(
      steps(world, {.make = MakeTrees::offline}) ==
      "source /usr/src/linux-source-9.9.tar: linux-source-9.9 9.9.9-1 is installed, but the kernel's package "
      "is 9.9.9-2\n");
  CHECK(world.downloads().empty());
}

TEST_CASE(
    "headers that a kernel carries are tried before a source alone, and told where there is none for the "
    "rest") {
  SourceWorld world;
  const auto headers = archive_test::a_tar({archive_test::a_file("./include/linux/module.h")});
  world.add("/lib/modules/9.9-kpkg/kernel/kernel/kheaders.ko",
            "ELF" + archive_test::compressed(headers, "xz"));
  world.tree.configure(
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\nCONFIG_IKHEADERS=m\n");

  const auto alone = steps(world, {.make = MakeTrees::offline});
  const auto file = world.file("vendor.tar", a_source());
  const auto both = steps(world, {.make = MakeTrees::offline, .source = file});

  CHECK(
      alone ==
      "kheaders /var/cache/kpkg/trees/9.9-kpkg/kheaders: /lib/modules/9.9-kpkg/kernel/kernel/kheaders.ko has "
      "the headers, but no source for the rest is there\n");
  CHECK(both.starts_with("kheaders /var/cache/kpkg/trees/9.9-kpkg/kheaders: rebuilding the tree"));
  CHECK(has(both, "\nrebuilt /var/cache/kpkg/trees/9.9-kpkg/rebuilt: rebuilding the tree"));
}

TEST_CASE("a tree in one file that is not there, or is none, is told, and nothing is left of it") {
  SourceWorld world;
  const auto hostile = archive_test::a_tar({archive_test::a_file("tree/../../outside")});
  const auto file = world.file("hostile.tar.xz", archive_test::compressed(hostile, "xz"));

  CHECK(steps(world, {.named = "/absent.tar.zst"}) == "failed: there is no /absent.tar.zst\n");
  CHECK(steps(world, {.named = file}) ==
        "failed: unpacking " + file + ": the member \"tree/../../outside\" leads out of its directory\n");
  CHECK(world.tree.root.list("/var/cache/kpkg/trees/unpacked")->value().empty());
}

TEST_CASE("what killed commands left of a kernel's trees goes away where trees may be made") {
  SourceWorld world;
  const std::string trees = "/var/cache/kpkg/trees";
  for (const auto* const name :
       {"/9.9-kpkg/.kpkg-tree-a", "/9.9-kpkg/mended.new", "/unpacked/a.new", "/unpacked/b"})
    REQUIRE(world.tree.root.make_directories(trees + name).has_value());

  steps(world, {.make = MakeTrees::no});
  CHECK(world.tree.root.list(trees + "/9.9-kpkg")->value().size() == 2);
  steps(world, {.make = MakeTrees::offline});

  CHECK(world.tree.root.list(trees + "/9.9-kpkg")->value().empty());
  CHECK(world.tree.root.list(trees + "/unpacked")->value().size() == 1);
}

TEST_CASE("wrong settings end the search for a tree") {
  SourceWorld world;
  world.set("[mainlin]\n");

  CHECK(steps(world, {.make = MakeTrees::yes})
            .starts_with("failed: /etc/kpkg/kpkg.toml:1:2: unknown key \"mainlin\""));
}
