// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/tarball.hpp"

#include "archive/unpack.hpp"
#include "unit/archive/archives.hpp"
#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;
using namespace kpkg::dkmstree::world;
using Parts = TarballRequest::Parts;

namespace {

/// Files of the host that no tree has.
struct Outside {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-tarball-test-");

  std::string path(const std::string& name) const { return directory.path() + "/" + name; }

  /// Unpacks bytes of an archive.
  Result<Tarball> unpacked(const std::string& bytes) const {
    REQUIRE(system::write_file(path("given.tar"), bytes));
    return unpack_tarball(path("given.tar"), path("to"));
  }

  Lines members(const TarballRequest& request, const World& world) const {
    REQUIRE(write_tarball(world.root(), world.places, world.module("a"), request, path("made.tar.gz")));
    return archive::member_names(path("made.tar.gz")).value();
  }
};

World a_world() {
  World world;
  world.added("a", "1").perform(
      steps_to_put(world.places, world.module("a"), a_build("a", "1", old_kernel, "bytes")));
  world.built("a", "1", new_kernel);
  return world;
}

const TarballRequest for_old = {.id = a1, .targets = {old_kernel}};

std::string refusal(const std::vector<archive_test::Member>& members) {
  const auto tarball = Outside().unpacked(archive_test::a_tar(members));
  return tarball ? "" : tarball.error().text();
}

}  // namespace

TEST_CASE("a tarball is named after its kernels, or what else it has") {
  CHECK(tarball_name(for_old) == "a-1-kernel6.1.0-9-amd64-x86_64.dkms.tar.gz");
  CHECK(tarball_name({.id = a1, .targets = {old_kernel, {"5", "i686"}}}) ==
        "a-1-kernel6.1.0-9-amd64-x86_64-kernel5-i686.dkms.tar.gz");
  CHECK(tarball_name({.id = a1, .parts = Parts::source_only}) == "a-1-source-only.dkms.tar.gz");
  CHECK(tarball_name({.id = a1, .targets = std::vector<Target>(8, old_kernel)}) ==
        "a-1-manykernels.dkms.tar.gz");
}

TEST_CASE("a tarball has builds and the source, in the places of DKMS") {
  const auto members = Outside().members(for_old, a_world());

  const std::string build = "dkms_main_tree/6.1.0-9-amd64/x86_64";
  CHECK(members == Lines{"dkms_main_tree", build, build + "/.dep_spl", build + "/log",
                         build + "/log/make.log", build + "/module", build + "/module/Module.symvers",
                         build + "/module/a.ko", "dkms_source_tree", "dkms_source_tree/dkms.conf"});
}

TEST_CASE("a tarball of the source has no builds, and one of builds no source") {
  const auto world = a_world();

  CHECK(Outside().members({.id = a1, .parts = Parts::source_only}, world) ==
        Lines{"dkms_main_tree", "dkms_source_tree", "dkms_source_tree/dkms.conf"});
  const auto members =
      Outside().members({.id = a1, .targets = {new_kernel}, .parts = Parts::builds_only}, world);
  CHECK(Lines(members.end() - 3, members.end()) == Lines{"dkms_binaries_only/PACKAGE_NAME",
                                                         "dkms_binaries_only/PACKAGE_VERSION",
                                                         "dkms_binaries_only/dkms.conf"});
}

TEST_CASE("what is not built is not packed, nor what has no dkms.conf") {
  auto world = a_world();
  const Outside outside;
  const TarballRequest other = {.id = a1, .targets = {{"5.10", "x86_64"}}};

  const auto written =
      write_tarball(world.root(), world.places, world.module("a"), other, outside.path("x.tar.gz"));
  CHECK(written.error().message == "a/1 is not built for 5.10 (x86_64)");
  world.gone("/usr/src/a-1/dkms.conf");
  const auto again =
      write_tarball(world.root(), world.places, world.module("a"), for_old, outside.path("x.tar.gz"));

  CHECK(again.error().message == "a/1 has no dkms.conf");
  CHECK(system::list_directory(outside.directory.path())->value().empty());
}

TEST_CASE("a build goes through a tarball into another tree as it was") {
  const Outside outside;
  outside.members(for_old, a_world());
  World other;
  other.added("a", "1");

  const auto tarball = unpack_tarball(outside.path("made.tar.gz"), outside.path("to")).value();
  REQUIRE(tarball.builds.size() == 1);
  const auto build = read_tarball_build(tarball.builds[0], a1).value();
  other.perform(steps_to_put(other.places, other.module("a"), build));

  CHECK(tarball.is_made_by_dkms);
  CHECK(tarball.sources == std::vector<TarballSource>{{.directory = outside.path("to/dkms_source_tree")}});
  CHECK(build == a_build("a", "1", old_kernel, "bytes"));
  CHECK(other.status() == Lines{"a/1, 6.1.0-9-amd64, x86_64: built"});
}

TEST_CASE("a tarball that DKMS did not make has its source where the nearest dkms.conf is") {
  using namespace archive_test;
  const Outside outside;

  const auto tarball =
      outside.unpacked(a_tar({a_file("top/aaa/deep/dkms.conf"), a_file("top/driver/dkms.conf"),
                              a_file("top/zzz/dkms.conf"), a_file("top/Makefile")}));

  CHECK(tarball == Tarball{.sources = {{.directory = outside.path("to/top/driver")}}});
  CHECK(Outside().unpacked(a_tar({a_file("README")})) == Tarball{});
}

TEST_CASE("a tarball of builds alone has a dkms.conf, and one without any has no source") {
  using namespace archive_test;
  const Outside outside;

  const auto tarball =
      outside.unpacked(a_tar({a_file("./dkms_main_tree/6.1/x86_64/module/a.ko"),
                              a_file("./dkms_binaries_only/dkms.conf"), a_file("dkms.conf")}));

  CHECK(tarball.value().sources ==
        std::vector<TarballSource>{
            {.kind = TarballSource::Kind::only_a_conf, .directory = outside.path("to/dkms_binaries_only")}});
  CHECK(Outside().unpacked(a_tar({a_directory("dkms_main_tree")})) == Tarball{.is_made_by_dkms = true});
}

TEST_CASE("a hostile tarball is refused") {
  using namespace archive_test;

  CHECK_FALSE(refusal({a_file("../../etc/passwd")}).empty());
  CHECK_FALSE(refusal({a_link("dkms_main_tree", "/var/lib/dkms")}).empty());
  CHECK_FALSE(refusal({a_link("dkms_source_tree", "..")}).empty());
  CHECK_FALSE(refusal({a_device("dkms_main_tree/6.1/x86_64/module/a.ko")}).empty());
  CHECK(refusal({a_file("dkms_main_tree/lib/x86_64/module/a.ko")}) ==
        "reading the tarball: the kernel \"lib\" does not begin as a version does");
}

TEST_CASE(
    "what a build in a tarball has beside its modules is left out, and a module that is a directory is an "
    "error") {
  using namespace archive_test;
  const Outside outside;
  const auto tarball = outside.unpacked(
      a_tar({a_file("dkms_main_tree/6.1/x86_64/module/a.ko", "bytes"),
             a_program("dkms_main_tree/6.1/x86_64/module/run"), a_file("dkms_main_tree/6.1/x86_64/x"),
             a_directory("dkms_main_tree/6.2/x86_64/module/b.ko")}));

  const auto build = read_tarball_build(tarball.value().builds.at(0), a1);
  CHECK(build.value() == NewBuild{.id = {"a", "1", {"6.1", "x86_64"}}, .modules = {{"a.ko", "bytes"}}});
  CHECK(read_tarball_build(tarball.value().builds.at(1), a1).error().kind == ErrorKind::corrupt);
}
