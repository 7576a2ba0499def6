// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/unpack.hpp"

#include "archive/source_tree.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"
#include "unit/archive/archives.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace kpkg;
using namespace kpkg::archive_test;
using kpkg::archive::unpack_bytes;
using kpkg::archive::UnpackOptions;

namespace {

/// A directory to unpack into, below another one that must stay as it is.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-unpack-test-");
  std::string destination = directory.path() + "/destination";

  World() { std::ofstream(directory.path() + "/outside") << "untouched"; }

  Result<kpkg::archive::Unpacked> unpack(const std::string& bytes, const UnpackOptions& options = {}) const {
    return unpack_bytes(bytes, "x.tar", destination, options);
  }

  /// The message of a refusal, after checking that nothing outside the destination has changed.
  std::string refusal(const std::vector<Member>& members) const {
    const auto unpacked = unpack(a_tar(members));
    CHECK(system::read_file(directory.path() + "/outside") == "untouched");
    CHECK(system::list_directory(directory.path())->value().size() == 2);
    CHECK(unpacked.error().kind == ErrorKind::corrupt);
    return unpacked.error().message;
  }

  std::string read(const std::string& name) const { return *system::read_file(destination + "/" + name); }
  system::FileStatus status(const std::string& name) const {
    return **system::status_of(destination + "/" + name);
  }
  bool has(const std::string& name) const { return system::status_of(destination + "/" + name)->has_value(); }
};

std::vector<Member> a_source() {
  return {a_directory("top/"), a_file("top/Makefile", "obj-m := x.o\n"), a_program("top/configure"),
          a_link("top/src/link", "../Makefile"), a_hard_link("top/again", "top/Makefile")};
}

/// How many of the cuts of `whole` are unpacked without complaint, into a new directory each.
std::size_t accepted_cuts(const std::string& whole, std::size_t step) {
  std::size_t accepted = 0;
  for (std::size_t length = 0; length < whole.size(); length += step)
    accepted += World().unpack(whole.substr(0, length)).has_value() ? 1 : 0;
  return accepted;
}

}  // namespace

TEST_CASE("files, programs, links and directories are unpacked with git's modes") {
  const World world;

  const auto unpacked = world.unpack(a_tar(a_source()), {.strip = 1});

  REQUIRE(unpacked.has_value());
  CHECK(world.read("Makefile") == "obj-m := x.o\n");
  CHECK(world.status("Makefile").mode == 0644);
  CHECK(world.status("configure").mode == 0755);
  CHECK(world.status("src").mode == 0755);
  CHECK(system::read_link(world.destination + "/src/link") == "../Makefile");
  CHECK(world.status("again").inode == world.status("Makefile").inode);
  CHECK(unpacked->bytes == 23);
}

TEST_CASE("the time of a file is kept, so that make does not run autoconf again") {
  const World world;

  REQUIRE(world.unpack(a_tar(a_source())).has_value());

  CHECK(world.status("top/Makefile").modified_ns == 0'14000000000LL * 1'000'000'000LL);
}

TEST_CASE("every compression of tar, and zip, give the same tree") {
  const auto plain = World();
  REQUIRE(plain.unpack(a_tar(a_source())).has_value());
  const auto expected = kpkg::archive::git_tree_id(plain.destination)->hex();
  const auto tree_of = [](const std::string& bytes) {
    const World world;
    REQUIRE(world.unpack(bytes).has_value());
    return kpkg::archive::git_tree_id(world.destination)->hex();
  };

  CHECK(tree_of(compressed(a_tar(a_source()), "gzip")) == expected);
  CHECK(tree_of(compressed(a_tar(a_source()), "bzip2")) == expected);
  CHECK(tree_of(compressed(a_tar(a_source()), "xz")) == expected);
  CHECK(tree_of(compressed(a_tar(a_source()), "zstd")) == expected);
  CHECK(tree_of(a_zip({a_file("top/Makefile", "obj-m := x.o\n"), a_program("top/configure"),
                       a_link("top/src/link", "../Makefile"), a_file("top/again", "obj-m := x.o\n")})) ==
        expected);
}

TEST_CASE("of a .deb the data part is unpacked, and only what is under the prefix") {
  const auto data = a_tar({a_directory("./"), a_file("./etc/passwd"), a_device("./dev/null"),
                           a_file("./usr/src/x-1.0/dkms.conf", "PACKAGE_NAME=x\n")});
  const World world;

  const auto unpacked =
      world.unpack(a_deb("data.tar.xz", compressed(data, "xz")), {.prefix = "usr/src/x-1.0", .strip = 3});

  REQUIRE(unpacked.has_value());
  CHECK(world.read("dkms.conf") == "PACKAGE_NAME=x\n");
  CHECK(system::list_directory(world.destination)->value().size() == 1);
}

TEST_CASE("the members of a .deb are told without unpacking it") {
  const World world;
  const auto file = world.directory.path() + "/x.deb";
  std::ofstream(file) << a_deb("data.tar", a_tar({a_directory("./"), a_file("./usr/src/x-1.0/dkms.conf")}));

  CHECK(kpkg::archive::member_names(file) == std::vector<std::string>{"usr/src/x-1.0/dkms.conf"});
}

TEST_CASE("a .deb without a data part and an ar of anything else are refused") {
  CHECK(World().unpack(an_ar({{"debian-binary", "2.0\n"}})).error().message == "x.tar has no data.tar");
  CHECK(World().unpack(an_ar({{"x.o", "object"}})).error().message == "x.tar is an ar archive but no .deb");
}

TEST_CASE("a name that is not ASCII keeps its bytes in the locale C") {
  const World world;
  const World old;

  REQUIRE(world.unpack(a_pax_tar("M\xC3\xBCller/\xE2\x82\xAC", "euro")).has_value());
  REQUIRE(old.unpack(a_tar({a_file("M\xC3\xBCller"), a_file("latin-\xFC")})).has_value());

  CHECK(world.read("M\xC3\xBCller/\xE2\x82\xAC") == "euro");
  CHECK(old.has("M\xC3\xBCller"));
  CHECK(old.has("latin-\xFC"));
}

TEST_CASE("a name that leads out is refused and named") {
  CHECK(World().refusal({a_file("../outside", "evil")}) ==
        "the member \"../outside\" leads out of its directory");
  CHECK(World().refusal({a_file("a/../../outside", "evil")}) ==
        "the member \"a/../../outside\" leads out of its directory");
  CHECK(World().refusal({a_file("/tmp/outside", "evil")}) ==
        "the member \"/tmp/outside\" has an absolute name");
  CHECK(World().refusal({a_file("a\nb", "evil")}) ==
        "the member \"a\\x0ab\" has a control character in its name");
}

TEST_CASE("no file is written through a link that an earlier member made") {
  CHECK(World().refusal({a_link("link", ".."), a_file("link/outside", "evil")}) ==
        "x.tar: the member \"link/outside\" lies under \"link\", which is not a directory");
  CHECK(World().refusal({a_directory("inside"), a_link("link", "inside"), a_file("link/x", "evil")}) ==
        "x.tar: the member \"link/x\" lies under \"link\", which is not a directory");
  CHECK(World().refusal({a_link("link", "../outside"), a_file("link", "evil")}) ==
        "x.tar: the member \"link\" is there twice");
  CHECK(World().refusal({a_link("link", ".."), a_directory("link")}) ==
        "x.tar: the member \"link\" is there twice");
}

TEST_CASE("a link that leads out is refused, also when only another link makes it do so") {
  CHECK(World().refusal({a_link("link", "../outside")}) ==
        "x.tar: the member \"link\" is a link that leads out, to \"../outside\"");
  CHECK(World().refusal({a_link("link", "/etc/passwd")}) ==
        "x.tar: the member \"link\" is a link that leads out, to \"/etc/passwd\"");
  CHECK(World().refusal({a_link("deep/down/up", "../.."), a_link("z", "deep/down/up/../x")}) ==
        "x.tar: the member \"z\" is a link that leads out, to \"deep/down/up/../x\"");
}

TEST_CASE("a hard link leads to an earlier file of the archive or is refused") {
  CHECK(World().refusal({a_hard_link("x", "../outside")}) ==
        "the member \"../outside\" leads out of its directory");
  CHECK(World().refusal({a_hard_link("x", "/etc/passwd")}) ==
        "the member \"/etc/passwd\" has an absolute name");
  CHECK(World().refusal({a_link("link", "../outside"), a_hard_link("x", "link")}) ==
        "x.tar: the member \"x\" is a hard link to \"link\", which is no earlier file");
  CHECK(World().refusal({a_hard_link("x", "later"), a_file("later")}) ==
        "x.tar: the member \"x\" is a hard link to \"later\", which is no earlier file");
}

TEST_CASE("a hard link that carries content does not overwrite the file it leads to") {
  const World world;
  auto twin = a_hard_link("twin", "file");
  twin.content = "evil";

  drop(world.unpack(a_tar({a_file("file", "good"), twin})), "refused or not, the file is what counts");

  CHECK(world.read("file") == "good");
}

TEST_CASE("devices, pipes and members that are there twice are refused") {
  CHECK(World().refusal({a_device("null")}) == "x.tar: the member \"null\" is a device, a pipe or a socket");
  CHECK(World().refusal({{"pipe", {}, '6'}}) == "x.tar: the member \"pipe\" is a device, a pipe or a socket");
  CHECK(World().refusal({a_file("x", "one"), a_file("./x", "two")}) ==
        "x.tar: the member \"x\" is there twice");
  CHECK(World().refusal({a_file("x", "one"), a_file("x/y", "two")}) ==
        "x.tar: the member \"x/y\" lies under \"x\", which is not a directory");
}

TEST_CASE("names that differ only in case are two files, as in the kernel's netfilter") {
  const World world;

  REQUIRE(world.unpack(a_tar({a_file("xt_DSCP.c", "upper"), a_file("xt_dscp.c", "lower")})).has_value());

  CHECK(world.read("xt_DSCP.c") == "upper");
  CHECK(world.read("xt_dscp.c") == "lower");
}

TEST_CASE("setuid, setgid, sticky and the owner of a member are not restored") {
  const World world;
  auto member = a_program("su");
  member.mode = 07777;

  REQUIRE(world.unpack(a_tar({member})).has_value());

  CHECK(world.status("su").mode == 0755);
  CHECK(world.status("su").owner == system::status_of(world.directory.path())->value().owner);
}

TEST_CASE("an archive that grows over the size limit is stopped, what is passed over included") {
  const auto bomb = compressed(a_tar({a_file("zeros", std::string(8U << 20, '\0'))}), "xz");
  const World world;

  CHECK(world.unpack(bomb, {.size_limit = 1U << 20}).error().message ==
        "x.tar: the member \"zeros\" brings the whole over 1048576 bytes");
  CHECK_FALSE(world.has("zeros"));
  CHECK_FALSE(World().unpack(bomb, {.prefix = "other", .size_limit = 1U << 20}).has_value());
  CHECK(World().unpack(bomb, {.size_limit = 8U << 20}).has_value());
}

TEST_CASE("too many members are refused") {
  CHECK(World().unpack(a_tar(a_source()), {.member_limit = 4}).error().message ==
        "x.tar has more than 4 members");
}

TEST_CASE("an archive without anything to unpack is an error") {
  CHECK(World().unpack(a_tar({})).error().message == "x.tar has nothing to unpack");
  CHECK(World().unpack(a_tar(a_source()), {.prefix = "other"}).error().message ==
        "x.tar has nothing under other");
}

TEST_CASE("a destination that is not empty is left alone") {
  const World world;
  REQUIRE(world.unpack(a_tar({a_file("mine", "old")})).has_value());

  CHECK(world.unpack(a_tar({a_file("mine", "new")})).error().kind == ErrorKind::conflict);
  CHECK(world.read("mine") == "old");
}

TEST_CASE("a compressed archive that is cut anywhere is refused") {
  CHECK(accepted_cuts(compressed(a_tar(a_source()), "gzip"), 1) == 0);
  CHECK(accepted_cuts(compressed(a_tar(a_source()), "xz"), 1) == 0);
  CHECK(accepted_cuts(compressed(a_tar(a_source()), "zstd"), 1) == 0);
}

TEST_CASE("a plain tar that is cut inside a member is refused") {
  const auto whole = a_tar({a_file("x", std::string(2000, 'x'))});

  CHECK_FALSE(World().unpack(whole.substr(0, 300)).has_value());
  CHECK_FALSE(World().unpack(whole.substr(0, 512 + 1999)).has_value());
  CHECK_FALSE(World().unpack(whole.substr(0, 513)).has_value());
}

TEST_CASE("a .deb that is cut anywhere before its last padding is refused") {
  const auto whole = a_deb("data.tar.xz", compressed(a_tar(a_source()), "xz"));

  CHECK(accepted_cuts(whole.substr(0, whole.size() - 1), 7) == 0);
}

TEST_CASE("rubbish and nothing at all are no archives") {
  CHECK(World().unpack("").error().kind == ErrorKind::corrupt);
  CHECK(World().unpack(std::string(10'000, 'x')).error().kind == ErrorKind::corrupt);
  CHECK(kpkg::archive::unpack("/tmp/kpkg-no-such-archive", "/tmp/kpkg-never-made").error().kind ==
        ErrorKind::not_found);
}
