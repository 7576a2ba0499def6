// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/build_salt.hpp"

#include "support/module_builder.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace std::string_literals;

namespace {

/// A note of 16 bytes of salt behind one of another type.
const std::string notes =
    "\6\0\0\0\4\0\0\0\1\1\0\0Linux\0\0\0\0\0\0\0"
    "\6\0\0\0\17\0\0\0\0\1\0\0Linux\0\0\0"
    "6.1.0-56-amd64\0\0"s;

}  // namespace

TEST_CASE("the salt is the text of the note of its type") {
  CHECK(tree::salt_in(notes) == "6.1.0-56-amd64");
}

TEST_CASE("notes without a salt, or cut off, have none") {
  CHECK(tree::salt_in(notes.substr(0, 24)) == std::nullopt);
  CHECK(tree::salt_in(notes.substr(0, notes.size() - 8)) == std::nullopt);
  CHECK(tree::salt_in("\xff\xff\xff\xff\xff\xff\xff\xff\0\1\0\0Linux"s) == std::nullopt);
}

TEST_CASE("the salt of a kernel is that of one of its own modules, wherever it lies") {
  const auto directory = *system::TempDir::create("/tmp", "kpkg-salt-");
  const auto root = *system::Root::open(directory.path());
  REQUIRE(root.make_directories("/lib/modules/9/kernel/drivers/net").has_value());
  REQUIRE(root.make_directories("/lib/modules/9/kernel/arch").has_value());
  REQUIRE(root.write("/lib/modules/9/kernel/drivers/net/dummy.ko",
                     test::a_module().with_section(".note.Linux", notes).bytes())
              .has_value());

  CHECK(tree::salt_of_modules(root, "/lib/modules/9").value() == "6.1.0-56-amd64");
}

TEST_CASE("a kernel without modules has no salt") {
  const auto directory = *system::TempDir::create("/tmp", "kpkg-salt-");
  const auto root = *system::Root::open(directory.path());

  CHECK(tree::salt_of_modules(root, "/lib/modules/9").value() == std::nullopt);
}

TEST_CASE("modules that are damaged, or links to nowhere, do not hide the salt of the next one") {
  const auto directory = *system::TempDir::create("/tmp", "kpkg-salt-");
  const auto root = *system::Root::open(directory.path());
  const std::string kernel = "/lib/modules/9/kernel";
  REQUIRE(root.make_directories(kernel).has_value());
  REQUIRE(root.write(kernel + "/a.ko.xz",
                     "\xfd"
                     "7zXZ\0 and no more"s)
              .has_value());
  REQUIRE(root.write(kernel + "/b.ko", "").has_value());
  REQUIRE(system::make_link("absent.ko", directory.path() + kernel + "/c.ko").has_value());
  REQUIRE(
      root.write(kernel + "/d.ko", test::a_module().with_section(".note.Linux", notes).bytes()).has_value());

  CHECK(tree::salt_of_modules(root, "/lib/modules/9").value() == "6.1.0-56-amd64");
}
