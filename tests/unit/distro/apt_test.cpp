// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/apt.hpp"

#include "support/fake_runner.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;

namespace {

/// What apt-get writes into its directory: a file of this name.
support::FakeRunner::Effect that_brings(const std::string& name) {
  return [name](const system::Command& command) {
    REQUIRE(system::write_file(command.directory + "/" + name, "archive").has_value());
  };
}

const std::string signed_record = "Package: x\nSHA256: " + crypto::sha256("archive").hex() + "\n";

struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  support::FakeRunner runner;

  Result<distro::DownloadedPackage> download(std::string name, std::optional<std::string> version = {}) {
    return distro::download_package(
        runner, {.name = std::move(name), .version = std::move(version), .directory = directory.path()});
  }

  /// The failure when apt-get download ends with these words.
  Error failure_of(const std::string& said) {
    runner.on("download", {.status = 100, .errors = said});
    return download("v4l2loopback-dkms").error();
  }
};

}  // namespace

TEST_CASE("a package is downloaded by apt-get, renamed into the directory and described") {
  World world;
  world.runner.on("download 'x-dkms=1:2.0~rc1-3'", {}, that_brings("x-dkms_1%3a2.0~rc1-3_all.deb"))
      .on("show 'x-dkms:all=1:2.0~rc1-3'", {.output = signed_record});

  const auto package = world.download("x-dkms", "1:2.0~rc1-3");

  REQUIRE_MESSAGE(package.has_value(), package.error().text());
  CHECK(*package ==
        distro::DownloadedPackage{.file = world.directory.path() + "/x-dkms_1%3a2.0~rc1-3_all.deb",
                                  .name = "x-dkms",
                                  .version = "1:2.0~rc1-3",
                                  .architecture = "all",
                                  .digest = crypto::sha256("archive")});
  CHECK(system::list_directory(world.directory.path())->value().size() == 1);
}

TEST_CASE("apt-get is told to refuse what is not authenticated") {
  World world;
  world.runner.on("download", {}, that_brings("x-dkms_1_all.deb")).on("show", {.output = signed_record});

  REQUIRE(world.download("x-dkms").has_value());

  const auto& arguments = world.runner.commands[0].arguments;
  CHECK(std::count(arguments.begin(), arguments.end(), "APT::Get::AllowUnauthenticated=false") == 1);
  CHECK(std::count(arguments.begin(), arguments.end(), "Acquire::AllowInsecureRepositories=false") == 1);
  CHECK(std::count(arguments.begin(), arguments.end(),
                   "Acquire::AllowDowngradeToInsecureRepositories=false") == 1);
}

TEST_CASE("a file whose digest is not in the signed lists is not kept") {
  World world;
  world.runner.on("download", {}, that_brings("x-dkms_1_all.deb"))
      .on("show", {.output = "Package: x\nSHA256: " + crypto::sha256("other").hex() + "\n"});

  CHECK(world.download("x-dkms").error().kind == ErrorKind::trust);
  CHECK(system::list_directory(world.directory.path())->value().empty());
}

TEST_CASE("another package or version than the one that was asked for is not trusted") {
  World other_name;
  other_name.runner.on("download", {}, that_brings("y-dkms_1_all.deb")).on("show", {.output = signed_record});
  World other_version;
  other_version.runner.on("download", {}, that_brings("x-dkms_2_all.deb"))
      .on("show", {.output = signed_record});

  CHECK(other_name.download("x-dkms").error().kind == ErrorKind::trust);
  CHECK(other_version.download("x-dkms", "1").error().message ==
        "apt-get downloaded x-dkms:all=2 instead of x-dkms=1");
}

TEST_CASE("an apt-get that brings nothing, or something without a proper name, is an error") {
  World nothing;
  nothing.runner.on("download", {});
  World rubbish;
  rubbish.runner.on("download", {}, that_brings("deb"));

  CHECK(nothing.download("x-dkms").error().kind == ErrorKind::io);
  CHECK(rubbish.download("x-dkms").error().kind == ErrorKind::corrupt);
}

TEST_CASE("an unknown package names its nearest neighbour") {
  World world;
  world.runner.on("indextargets", {.output = "/var/lib/apt/lists/x_Packages\n"})
      .on("pkgnames v4l", {.output = "v4l-utils\nv4l2loopback-dkms2\nv4l2ucp\n"});

  const auto failure = world.failure_of("E: Unable to locate package v4l2loopback-dkms\n");

  CHECK(failure.kind == ErrorKind::not_found);
  CHECK(failure.message == "apt knows no package v4l2loopback-dkms");
  CHECK(failure.hint == "did you mean v4l2loopback-dkms2? If not, run apt-get update");
}

TEST_CASE("an apt without lists is told to update") {
  World world;
  world.runner.on("indextargets", {.output = "\n"});

  CHECK(world.failure_of("E: Unable to locate package v4l2loopback-dkms\n").hint ==
        "apt has no package lists yet: run apt-get update");
}

TEST_CASE("the words of apt decide the kind of its failure") {
  CHECK(World().failure_of("E: Version '9' for 'x' was not found\n").kind == ErrorKind::not_found);
  CHECK(World().failure_of("E: Failed to fetch http://x  Temporary failure resolving 'x'\n").kind ==
        ErrorKind::network);
  CHECK(World().failure_of("E: Failed to fetch http://x  Hash Sum mismatch\n").kind == ErrorKind::trust);
  CHECK(World().failure_of("E: There were unauthenticated packages\n").kind == ErrorKind::trust);
  CHECK(World().failure_of("E: You don't have enough free space in /x\n").kind == ErrorKind::no_space);
  CHECK(World().failure_of("W: something\nE: Strange \x1B[31m\nE: more\n").message ==
        "apt-get failed with status 100 for v4l2loopback-dkms: Strange \\x1b[31m");
}

TEST_CASE("names and versions that could be options are refused before apt is started") {
  World world;

  CHECK(world.download("-oDir=/x").error().kind == ErrorKind::invalid);
  CHECK(world.download("./evil.deb").error().kind == ErrorKind::invalid);
  CHECK(world.download("x-dkms", "1 2").error().kind == ErrorKind::invalid);
  CHECK(world.download("x-dkms", "").error().kind == ErrorKind::invalid);
  CHECK(world.runner.commands.empty());
}

TEST_CASE("the candidate is the first version that apt shows, and an unknown package has none") {
  World world;
  world.runner.on("show --no-all-versions hello", {.output = "Package: hello\nVersion: 2.10-3\n"})
      .on("show --no-all-versions absent", {.status = 100, .errors = "E: No packages found\n"});

  CHECK(distro::candidate_version(world.runner, "hello").value() == "2.10-3");
  CHECK(distro::candidate_version(world.runner, "absent").value() == std::nullopt);
  CHECK(distro::candidate_version(world.runner, "--all").value() == std::nullopt);
}

TEST_CASE("an interrupted apt-get is an interruption") {
  World world;
  world.runner.on("download", {.status = 143, .interrupted = true});

  CHECK(world.download("x-dkms").error().kind == ErrorKind::interrupted);
}

TEST_CASE("a package of another architecture is asked for by it and must be of it") {
  World right;
  right.runner.on("download x-dkms:arm64=1", {}, that_brings("x-dkms_1_arm64.deb"))
      .on("show x-dkms:arm64=1", {.output = signed_record});
  World wrong;
  wrong.runner.on("download", {}, that_brings("x-dkms_1_amd64.deb")).on("show", {.output = signed_record});
  const auto download = [](World& world, const std::string& architecture) {
    return distro::download_package(world.runner, {.name = "x-dkms",
                                                   .version = "1",
                                                   .directory = world.directory.path(),
                                                   .architecture = architecture});
  };

  CHECK(download(right, "arm64").value().architecture == "arm64");
  CHECK(download(wrong, "arm64").error().kind == ErrorKind::trust);
  CHECK(download(wrong, "-o").error().kind == ErrorKind::invalid);
}

TEST_CASE("the architectures that apt takes are this machine's and those that were added") {
  World world;
  World without_apt;
  world.runner.on("APT::Architecture APT::Architectures", {.output = "amd64\namd64\narm64\n"});

  CHECK(distro::architectures(world.runner).value() == std::vector<std::string>{"amd64", "arm64"});
  CHECK(distro::architectures(without_apt.runner).value().empty());
}
