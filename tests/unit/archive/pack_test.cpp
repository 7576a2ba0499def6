// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/pack.hpp"

#include "archive/unpack.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace kpkg;
using kpkg::archive::pack;

namespace {

/// A directory with a source, and archives beside it.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-pack-test-");
  std::string source = directory.path() + "/source";

  World() {
    std::filesystem::create_directories(source + "/src/empty");
    write("src/x.c", std::string(300'000, 'x'));
    write("configure", "#!/bin/sh\n");
    std::filesystem::permissions(source + "/configure", std::filesystem::perms::owner_all);
    std::filesystem::create_symlink("src/x.c", source + "/link");
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(source + "/" + name) << bytes;
  }

  std::string place(const std::string& name) const { return directory.path() + "/" + name; }

  /// The bytes of the archive `name` with the source as "top", and a file of no disk.
  std::string packed(const std::string& name) const {
    const std::vector<archive::Packed> contents = {
        {.name = "top", .path = source}, {.name = "nothing"}, {.name = "note", .bytes = "n\n"}};
    const auto done = pack(contents, place(name), 1'000'000'000);
    REQUIRE_MESSAGE(done, (done ? "" : done.error().text()));
    return *system::read_file(place(name));
  }
};

/// Whether everything is as it was after it went through the archive `name`.
bool comes_back(const World& world, const std::string& name) {
  world.packed(name);
  const auto to = world.place("to-" + name);
  REQUIRE(archive::unpack(world.place(name), to));
  CHECK(system::read_file(to + "/top/src/x.c") == std::string(300'000, 'x'));
  CHECK(system::read_file(to + "/note") == "n\n");
  CHECK(system::status_of(to + "/top/configure")->value().mode == 0755);
  CHECK(system::status_of(to + "/top/src/x.c")->value().mode == 0644);
  CHECK(system::status_of(to + "/note")->value().modified_ns == 1'000'000'000'000'000'000);
  return system::read_link(to + "/top/link") == "src/x.c" &&
         system::status_of(to + "/top/src/empty")->value().type == system::FileType::directory;
}

}  // namespace

TEST_CASE("what was packed is unpacked again, in every compression") {
  const World world;

  CHECK(comes_back(world, "a.tar"));
  CHECK(comes_back(world, "a.tar.gz"));
  CHECK(comes_back(world, "a.tgz"));
  CHECK(comes_back(world, "a.tar.bz2"));
  CHECK(comes_back(world, "a.tar.xz"));
  CHECK(comes_back(world, "a.tar.zst"));
}

TEST_CASE("members come in the order of the contents and of their names") {
  const World world;
  world.packed("a.tar.gz");

  CHECK(archive::member_names(world.place("a.tar.gz")) ==
        std::vector<std::string>{"top", "top/configure", "top/link", "top/src", "top/src/empty",
                                 "top/src/x.c", "nothing", "note"});
}

TEST_CASE("equal contents give equal bytes, whenever they were written and whoever owns them") {
  const World world;
  const auto before = world.packed("a.tar.gz");
  std::filesystem::remove(world.source + "/configure");
  world.write("configure", "#!/bin/sh\n");
  std::filesystem::permissions(world.source + "/configure", std::filesystem::perms::all);

  CHECK(world.packed("b.tar.gz") == before);
}

TEST_CASE("a pipe is not packed, and nothing is left of the archive") {
  const World world;
  REQUIRE(::mkfifo((world.source + "/pipe").c_str(), 0600) == 0);

  const auto done = pack({{.name = "top", .path = world.source}}, world.place("a.tar.gz"), 0);

  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("/source/pipe is a device, a pipe or a socket") != std::string::npos);
  CHECK(system::list_directory(world.directory.path())->value().size() == 1);
}

TEST_CASE("what is not there is not packed, and an older archive stays") {
  const World world;
  const auto before = world.packed("a.tar.gz");

  const auto done = pack({{.name = "top", .path = world.place("nothing")}}, world.place("a.tar.gz"), 0);

  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::not_found);
  CHECK(system::read_file(world.place("a.tar.gz")) == before);
}
