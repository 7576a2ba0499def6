// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/header_packages.hpp"

#include "support/fake_runner.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace kpkg;

namespace {

const std::string unknown = "E: Unable to locate package\n";
const std::string no_version = "E: Version '6.1.192-2' was not found\n";

/// An apt of these packages. The first answer that fits counts, as in FakeRunner.
struct Archive {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  support::FakeRunner runner;

  Archive() {
    runner.on("apt-cache", {.output = "SHA256: " + crypto::sha256("archive").hex() + "\n"})
        .on("indextargets", {.output = "/var/lib/apt/lists/x_Packages\n"});
  }

  /// `wanted` is what apt-get is asked for, quoted where a shell wants it.
  Archive& offers(const std::string& wanted, const std::string& file, const std::string& depends) {
    runner
        .on(fmt::format("download {}", wanted), {},
            [file](const system::Command& command) {
              REQUIRE(system::write_file(command.directory + "/" + file, "archive").has_value());
            })
        .on(fmt::format("/{} Depends", file), {.output = depends + "\n"});
    return *this;
  }

  Archive& lacks(const std::string& wanted, const std::string& said) {
    runner.on(fmt::format("download {}", wanted), {.status = 100, .errors = said});
    return *this;
  }

  Result<distro::HeaderPackages> bring(const std::string& name, std::optional<std::string> version,
                                       const std::string& architecture = {}) {
    return distro::download_header_packages(runner, {.name = name,
                                                     .version = std::move(version),
                                                     .directory = directory.path(),
                                                     .architecture = architecture});
  }
};

/// "NAME VERSION ARCHITECTURE" of each package.
std::vector<std::string> named(const distro::HeaderPackages& brought) {
  std::vector<std::string> names;
  for (const auto& each : brought.packages)
    names.push_back(fmt::format("{} {} {}", each.name, each.version, each.architecture));
  return names;
}

}  // namespace

TEST_CASE("headers are followed to their common part and their host tools, and no further") {
  Archive archive;
  archive
      .offers("linux-headers-6.1-amd64=6.1.192-2", "linux-headers-6.1-amd64_6.1.192-2_amd64.deb",
              "linux-headers-6.1-common (= 6.1.192-2), linux-kbuild-6.1 (>= 6.1.192-2), gcc-12, libc6")
      .offers("linux-headers-6.1-common=6.1.192-2", "linux-headers-6.1-common_6.1.192-2_all.deb",
              "linux-kbuild-6.1, linux-headers-6.1-amd64")
      .offers("linux-kbuild-6.1=6.1.192-2", "linux-kbuild-6.1_6.1.192-2_amd64.deb", "libelf1");

  const auto brought = archive.bring("linux-headers-6.1-amd64", "6.1.192-2");

  REQUIRE_MESSAGE(brought.has_value(), brought.error().text());
  CHECK(named(*brought) == std::vector<std::string>{"linux-headers-6.1-amd64 6.1.192-2 amd64",
                                                    "linux-headers-6.1-common 6.1.192-2 all",
                                                    "linux-kbuild-6.1 6.1.192-2 amd64"});
  CHECK(brought->notes.empty());
}

TEST_CASE("only the headers are of the kernel's architecture, their tools are of this machine's") {
  Archive archive;
  archive
      .offers("linux-headers-6.1-arm64:arm64=6.1.192-2", "linux-headers-6.1-arm64_6.1.192-2_arm64.deb",
              "linux-kbuild-6.1 (>= 6.1.192-2)")
      .offers("linux-kbuild-6.1=6.1.192-2", "linux-kbuild-6.1_6.1.192-2_amd64.deb", "");

  const auto brought = archive.bring("linux-headers-6.1-arm64", "6.1.192-2", "arm64");

  REQUIRE_MESSAGE(brought.has_value(), brought.error().text());
  CHECK(named(*brought) == std::vector<std::string>{"linux-headers-6.1-arm64 6.1.192-2 arm64",
                                                    "linux-kbuild-6.1 6.1.192-2 amd64"});
}

TEST_CASE("headers that are no longer offered at that version are taken at another one, with a note") {
  Archive archive;
  archive.lacks("linux-headers-6.1-amd64=6.1.192-2", no_version)
      .offers("linux-headers-6.1-amd64", "linux-headers-6.1-amd64_6.1.193-1_amd64.deb", "");

  const auto brought = archive.bring("linux-headers-6.1-amd64", "6.1.192-2");

  REQUIRE_MESSAGE(brought.has_value(), brought.error().text());
  CHECK(named(*brought) == std::vector<std::string>{"linux-headers-6.1-amd64 6.1.193-1 amd64"});
  CHECK(brought->notes ==
        std::vector<std::string>{
            "apt has no linux-headers-6.1-amd64 6.1.192-2 any more; 6.1.193-1 is taken in its place"});
}

TEST_CASE("host tools whose version is left open are taken at another one, without a note") {
  Archive archive;
  archive
      .offers("linux-headers-6.1-amd64", "linux-headers-6.1-amd64_6.1.192-2_amd64.deb",
              "linux-kbuild-6.1 (>= 6.1.190-1)")
      .lacks("linux-kbuild-6.1=6.1.192-2", no_version)
      .offers("linux-kbuild-6.1", "linux-kbuild-6.1_6.1.193-1_amd64.deb", "");

  const auto brought = archive.bring("linux-headers-6.1-amd64", std::nullopt);

  REQUIRE_MESSAGE(brought.has_value(), brought.error().text());
  CHECK(brought->packages.back().version == "6.1.193-1");
  CHECK(brought->notes.empty());
}

TEST_CASE("a part that is named exactly is never replaced by another version of it") {
  Archive archive;
  archive
      .offers("linux-headers-6.1-amd64", "linux-headers-6.1-amd64_6.1.192-2_amd64.deb",
              "linux-headers-6.1-common (= 6.1.192-2)")
      .lacks("linux-headers-6.1-common=6.1.192-2", no_version)
      .offers("linux-headers-6.1-common", "linux-headers-6.1-common_6.1.193-1_all.deb", "");

  const auto brought = archive.bring("linux-headers-6.1-amd64", std::nullopt);

  REQUIRE_FALSE(brought.has_value());
  CHECK(brought.error().kind == ErrorKind::not_found);
}

TEST_CASE("of headers that apt has in no version, the failure is about the one that was wanted") {
  Archive archive;
  archive.lacks("linux-headers-6.1-amd64=6.1.192-2", no_version).lacks("linux-headers-6.1-amd64", unknown);

  const auto failure = archive.bring("linux-headers-6.1-amd64", "6.1.192-2").error();

  CHECK(failure.kind == ErrorKind::not_found);
  CHECK(failure.message.find("6.1.192-2") != std::string::npos);
}

TEST_CASE("without a network no other version is tried") {
  Archive archive;
  archive.lacks("linux-headers-6.1-amd64=6.1.192-2",
                "E: Failed to fetch http://x  Temporary failure resolving 'x'\n");

  const auto brought = archive.bring("linux-headers-6.1-amd64", "6.1.192-2");

  CHECK(brought.error().kind == ErrorKind::network);
  CHECK(archive.runner.commands.size() == 1);
}

TEST_CASE("packages that depend on ever more packages of headers are given up") {
  Archive archive;
  archive.runner.on("apt-get", {}, [](const system::Command& command) {
    const auto wanted = command.arguments.back().substr(0, command.arguments.back().find('='));
    REQUIRE(system::write_file(fmt::format("{}/{}_1_all.deb", command.directory, wanted), "archive"));
  });
  archive.runner.on("dpkg-deb",
                    {.output = "linux-headers-1, linux-headers-2, linux-headers-3, linux-headers-4,"
                               "linux-headers-5, linux-headers-6, linux-headers-7, linux-headers-8,"
                               "linux-headers-9, linux-headers-10, linux-headers-11,"
                               "linux-headers-12, linux-headers-13, linux-headers-14,"
                               "linux-headers-15, linux-headers-16, linux-headers-17"});

  CHECK(archive.bring("linux-headers-1", std::nullopt).error().kind == ErrorKind::corrupt);
}
