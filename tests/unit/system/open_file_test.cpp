// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/open_file.hpp"

#include "system/file.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::system;

TEST_CASE("parts of a file are read, and nothing behind its end") {
  const auto directory = TempDir::create("/tmp", "kpkg open file-");
  REQUIRE(write_file(directory->path() + "/digits", "0123456789").has_value());
  const auto root = Root::open(directory->path());

  const auto file = root->open_file("/digits");

  REQUIRE(file.has_value());
  CHECK(file->size() == 10);
  CHECK(file->read(3, 4) == "3456");
  CHECK(file->read(10, 0) == "");
  CHECK(file->read(8, 3).error().kind == ErrorKind::corrupt);
  CHECK(file->read(~std::uint64_t{0}, 2).error().kind == ErrorKind::corrupt);
  CHECK(root->open_file("/absent").error().kind == ErrorKind::not_found);
  CHECK(root->open_file("/").error().kind == ErrorKind::corrupt);
}

TEST_CASE("two files are the same if their bytes are, in all their pieces") {
  const auto directory = TempDir::create("/tmp", "kpkg open file-");
  const std::string long_text(100'000, 'x');
  auto other_end = long_text;
  other_end.back() = 'y';
  const auto root = Root::open(directory->path());
  const auto file = [&](const std::string& name, const std::string& bytes) {
    REQUIRE(write_file(directory->path() + name, bytes).has_value());
    return root->open_file(name);
  };
  const auto one = file("/one", long_text);

  CHECK(one->has_bytes_of(*file("/same", long_text)) == true);
  CHECK(one->has_bytes_of(*file("/end", other_end)) == false);
  CHECK(one->has_bytes_of(*file("/longer", long_text + "x")) == false);
  CHECK(file("/empty", "")->has_bytes_of(*file("/empty too", "")) == true);
}
