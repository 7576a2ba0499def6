// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/kernel_source.hpp"

#include "source_world.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kpkg;
using namespace kpkg::test;
using workflow::Downloads;

namespace {

const std::string off = "[mainline]\nenabled = false\n";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// What is left in the directories of work and of downloads.
std::vector<std::string> left_in(const SourceWorld& world, const std::string& directory) {
  std::vector<std::string> names;
  const auto entries = world.tree.root.list("/var/cache/kpkg/" + directory);
  for (const auto& entry : entries->value_or(std::vector<system::DirectoryEntry>()))
    names.push_back(entry.name);
  return names;
}

}  // namespace

TEST_CASE("the source that the settings name for a kernel is taken, and nothing else is asked") {
  SourceWorld world;
  const auto file = world.file("vendor.tar", a_source());
  world.set(off + a_kernel_source(file, a_source()));

  const auto found = world.search();

  REQUIRE(found.has_value());
  REQUIRE(found->source.has_value());
  CHECK(found->source->place == "file://" + file);
  CHECK(found->source->version.version == "9.9.9");
  CHECK(tree::source_version(found->source->directory) == "9.9.9");
  CHECK(found->steps ==
        std::vector<workflow::SourceStep>{
            {.origin = workflow::SourceOrigin::configured, .place = "file://" + file, .is_taken = true}});
  CHECK(world.downloads().empty());
}

TEST_CASE(
    "of a kernel that carries its headers a source without what its vendor put behind the version is taken") {
  SourceWorld world;
  world.set(off + a_kernel_source(world.file("mainline.tar", a_source()), a_source()));
  const std::string start =
      "# Linux/x86 9.9.9-board Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\n";

  world.tree.configure(start + "CONFIG_IKHEADERS=m\n");
  CHECK(world.search()->source.has_value());
  world.tree.configure(start);
  CHECK_FALSE(world.search()->source.has_value());
}

TEST_CASE("the source that was unpacked goes away with who has it, and an archive with a digest stays") {
  SourceWorld world;
  world.set(off + a_kernel_source(world.file("vendor.tar", a_source()), a_source()));

  {
    const auto found = world.search();
    CHECK(left_in(world, "work") == std::vector<std::string>{"kernel-9.9-kpkg"});
  }

  CHECK(left_in(world, "work").empty());
  CHECK(left_in(world, "downloads") ==
        std::vector<std::string>{"sha256-" + crypto::sha256(a_source()).hex()});
}

TEST_CASE("a source whose digest differs is told, and the next place is tried") {
  SourceWorld world;
  const auto file = world.file("vendor.tar", "something else");
  world.set(off + a_kernel_source(file, a_source()));
  world.offered("linux-source-9.9", "9.9.9-2", a_source_package("linux-source-9.9.tar", a_source()));

  const auto steps = world.steps();

  CHECK(has(steps, fmt::format("configured file://{0}: the digest of file://{0} differs: expected", file)));
  CHECK(has(steps, "\npackage linux-source-9.9 9.9.9-2\n"));
}

TEST_CASE("a source of the settings that is for other kernels is not tried") {
  SourceWorld world;
  world.set(off + "[[kernel-source]]\nkernel = \"9.9-other*\"\nurl = \"file:///x\"\nsha256 = \"" +
            std::string(64, '0') + "\"\n");

  CHECK_FALSE(has(world.steps(), "configured"));
}

TEST_CASE("the commit of a repository is a source") {
  SourceWorld world;
  world.tree.add("Makefile", "VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nEXTRAVERSION =\n");
  const auto repository = world.tree.request.source;
  const system::Command make{
      .program = "sh",
      .arguments = {"-c",
                    "git init -q && git add -A && git -c user.name=a -c user.email=a@b "
                    "commit -q -m x && git rev-parse HEAD"},
      .environment = {"PATH=/usr/bin:/bin", "HOME=" + world.tree.directory.path()},
      .directory = repository};
  const auto made = world.tree.runner.run(make);
  REQUIRE((made && made->succeeded()));
  const std::string commit(trimmed(made->output));
  world.set(off + fmt::format("[[kernel-source]]\nkernel = \"*\"\ngit = \"file://{}\"\ncommit = \"{}\"\n",
                              repository, commit));

  CHECK(world.steps() == fmt::format("configured file://{} {}\n", repository, commit));
}

TEST_CASE(
    "the archive of an installed package of the kernel's version is taken, with and without a network") {
  SourceWorld world;
  world.add("/usr/src/linux-source-9.9.tar", a_source());
  world.owned("/usr/src/linux-source-9.9.tar", "linux-source-9.9", "9.9.9-2");

  CHECK(world.steps() == "installed /usr/src/linux-source-9.9.tar\n");
  CHECK(world.steps({.downloads = Downloads::no}) == "installed /usr/src/linux-source-9.9.tar\n");
}

TEST_CASE("the archive of an installed package of another version is told and not taken") {
  SourceWorld world;
  world.add("/usr/src/linux-source-9.9.tar", a_source());
  world.owned("/usr/src/linux-source-9.9.tar", "linux-source-9.9", "9.9.9-1");

  CHECK(world.steps({.downloads = Downloads::no}) ==
        "installed /usr/src/linux-source-9.9.tar: linux-source-9.9 9.9.9-1 is installed, but the kernel's "
        "package is 9.9.9-2\n");
}

TEST_CASE("an archive that is of no package is told and not taken") {
  SourceWorld world;
  world.add("/usr/src/linux-source-9.9.tar", a_source());
  world.runner.packages.on("dpkg-query", {.status = 1});

  CHECK(world.steps({.downloads = Downloads::no}) ==
        "installed /usr/src/linux-source-9.9.tar: no package has /usr/src/linux-source-9.9.tar\n");
}

TEST_CASE("apt is asked for the package of source at the version of the kernel's own package") {
  SourceWorld world;
  world.offered("linux-source-9.9", "9.9.9-2", a_source_package("linux-source-9.9.tar", a_source()));

  const auto found = world.search();

  REQUIRE(found.has_value());
  REQUIRE(found->source.has_value());
  CHECK(tree::source_version(found->source->directory) == "9.9.9");
  CHECK(world.downloads() == std::vector<std::string>{"linux-source-9.9=9.9.9-2"});
  const auto beside = system::list_directory(found->source->directory + "/..");
  CHECK(beside->value().size() == 1);
  CHECK(left_in(world, "downloads").empty());
}

TEST_CASE("an archive in a directory of its own is found in a package too") {
  SourceWorld world;
  world.offered("linux-source-9.9", "9.9.9-2",
                a_source_package("linux-source-9.9.0/linux-source-9.9.0.tar", a_source()));

  CHECK(world.steps() == "package linux-source-9.9 9.9.9-2\n");
}

TEST_CASE("a package that apt does not have is told with its version") {
  SourceWorld world;
  world.runner.packages.on("download",
                           {.status = 100, .errors = "E: Version '9.9.9-2' for 'x' was not found\n"});

  CHECK(world.steps() ==
        "package linux-source-9.9 9.9.9-2: apt has no archive of linux-source-9.9=9.9.9-2: Version '9.9.9-2' "
        "for 'x' was not found\n");
}

TEST_CASE("a package without an archive of source is told") {
  SourceWorld world;
  world.offered("linux-source-9.9", "9.9.9-2", a_source_package("patches.tar", a_source()));

  CHECK(world.steps() ==
        "package linux-source-9.9 9.9.9-2: linux-source-9.9 9.9.9-2 has no archive of a kernel's source\n");
}

TEST_CASE("a source of another point release is never taken") {
  SourceWorld world;
  world.offered("linux-source-9.9", "9.9.9-2", a_source_package("linux-source-9.9.tar", a_source("9.9.8")));

  const auto steps = world.steps();

  CHECK(has(steps, "package linux-source-9.9 9.9.9-2: the kernel was built of Linux 9.9.9 ("));
  CHECK(has(steps, "but linux-source-9.9 9.9.9-2 is Linux 9.9.8"));
  CHECK(left_in(world, "work").empty());
}

TEST_CASE("an archive that is no source of a kernel is told") {
  SourceWorld world;
  const auto file = world.file("vendor.tar", a_source_package("x", "y"));
  world.set(off + a_kernel_source(file, a_source_package("x", "y")));

  CHECK(has(world.steps(), fmt::format("configured file://{}: ", file)));
}

TEST_CASE("a kernel whose package nobody knows has no package of source") {
  SourceWorld world;
  world.tree.kernel.module_directory.clear();

  CHECK(world.steps() ==
        "package linux-source: nobody tells of which version of which package the kernel is\n");
}

TEST_CASE("without downloads nothing is asked, where no source is installed") {
  SourceWorld world;
  world.set("rubbish");

  CHECK(world.steps({.downloads = Downloads::no}) == "");
  CHECK(world.runner.packages.commands.empty());
}

TEST_CASE("where the disk is too full nothing is brought, and that is told") {
  SourceWorld world;
  world.offered("linux-source-9.9", "9.9.9-2", a_source_package("linux-source-9.9.tar", a_source()));

  const auto steps = world.steps({.space = 1'000'000'000'000'000'000});

  CHECK(has(steps,
            "package linux-source-9.9 9.9.9-2: a kernel's source takes 1000000000.0 GB while its tree is "
            "made, and /var/cache/kpkg/work has "));
  CHECK(world.downloads().empty());
}

TEST_CASE("a kernel whose tree cannot be made of any source has none brought") {
  SourceWorld world;
  world.tree.configure("# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\nCONFIG_RANDSTRUCT=y\n");

  CHECK(has(world.steps(),
            "failed: rebuilding the tree of kernel 9.9-kpkg: the kernel sets CONFIG_RANDSTRUCT"));
  CHECK(world.runner.packages.commands.empty());
}

TEST_CASE("wrong settings are an error and not a place that has nothing") {
  SourceWorld world;
  world.set("[mainlin]\n");

  const auto found = world.search();

  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().kind == ErrorKind::invalid);
}

TEST_CASE("a search that is interrupted ends") {
  SourceWorld world;
  world.runner.packages.on("download", {.status = 130, .interrupted = true});

  const auto found = world.search();

  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().kind == ErrorKind::interrupted);
}
