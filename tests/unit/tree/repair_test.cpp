// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/repair.hpp"

#include "system/file.hpp"
#include "unit/tree/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using tree::Aspect;
using tree::Weight;

namespace {

const std::string original = "/usr/src/headers";
const std::string copy = "/var/cache/copy";

/// A tree in the root of a world, in which each test breaks something.
struct Broken {
  test::TreeWorld world;

  Broken() {
    file("Makefile", "").file("include/config/auto.conf", "CONFIG_MODULES=y\n");
    file("include/generated/autoconf.h", "#define CONFIG_MODULES 1\n")
        .file("scripts/basic/fixdep.c", "int main(void) { return 7; }\n");
  }

  Broken& file(const std::string& name, const std::string& text) {
    const auto path = original + "/" + name;
    REQUIRE(world.root.make_directories(path.substr(0, path.rfind('/'))));
    REQUIRE(world.root.write(path, text));
    return *this;
  }

  /// The copy, after it was mended of what is wrong with this aspect.
  tree::Repair mended(Aspect aspect) {
    const auto inspection = tree::inspect(world.root, {.path = original}, 62).value();
    const tree::Attestation attestation{.observations = {{aspect, Weight::wrong, "it is broken"}}};
    auto repair = tree::repair(world.subject(), inspection, attestation, copy, world.means());
    REQUIRE(repair.has_value());
    return *repair;
  }

  std::string in(const std::string& directory, const std::string& name) const {
    return world.root.read_if_present(directory + "/" + name).value().value_or("absent");
  }
};

}  // namespace

TEST_CASE("a program for another machine is compiled of the source that the tree has, in the copy alone") {
  Broken broken;
  const std::string foreign = std::string(
                                  "\x7f"
                                  "ELF\2\1\1",
                                  7) +
                              std::string(11, '\0') + "\xb7" + '\0';
  broken.file("scripts/basic/fixdep", foreign);

  const auto repair = broken.mended(Aspect::host_tools);

  CHECK(std::find(repair.done.begin(), repair.done.end(),
                  "scripts/basic/fixdep was compiled for this machine") != repair.done.end());
  CHECK(broken.in(copy, "scripts/basic/fixdep").size() > foreign.size());
  CHECK(broken.in(original, "scripts/basic/fixdep") == foreign);
  // Of modpost it has no source.
  CHECK(repair.left ==
        std::vector<std::string>{"scripts/mod/modpost cannot be made: the tree has no modpost.c"});
}

TEST_CASE("a link of the tree leads to the same place from the copy, and what is behind it is not changed") {
  Broken broken;
  const auto& root = broken.world.root;
  REQUIRE(root.make_directories("/usr/lib/shared/generated"));
  REQUIRE(root.write("/usr/lib/shared/generated/utsrelease.h", "old"));
  REQUIRE(system::remove_all(*root.host_path(original + "/include")));
  REQUIRE(system::make_link("../../lib/shared", *root.host_path(original) + "/include"));

  const auto repair = broken.mended(Aspect::release);

  CHECK(broken.in(copy, "include/generated/utsrelease.h") ==
        "#define UTS_RELEASE \"" + broken.world.kernel.release + "\"\n");
  CHECK(broken.in("/usr/lib/shared", "generated/utsrelease.h") == "old");
  CHECK(repair.tree.path == copy);
}
