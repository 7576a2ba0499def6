// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/header_installation.hpp"

#include "support/fake_runner.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using distro::HeaderInstallation;
using distro::HeaderWish;
using distro::PackageVersion;

namespace {

const std::string headers = "linux-headers-6.1.0-56-amd64";
const std::string exact = headers + "=6.1.192-2";
const std::string both = exact + " linux-headers-amd64=6.1.192-2";
const std::string database =
    "installed\tlinux-image-6.1.0-56-amd64\t6.1.192-2\tkmod, linux-base\n"
    "installed\tlinux-image-amd64\t6.1.192-2\tlinux-image-6.1.0-56-amd64 (= 6.1.192-2)\n"
    "config-files\tlinux-image-old\t1\tlinux-image-6.1.0-56-amd64\n";
const std::string new_headers =
    "Inst linux-headers-6.1.0-56-common (6.1.192-2 Debian-Security:12/stable [all])\n"
    "Inst linux-kbuild-6.1 [6.1.180-1] (6.1.192-2 Debian:12/stable [amd64])\n"
    "Inst linux-headers-6.1.0-56-amd64:amd64 (6.1.192-2 Debian:12 [amd64]) []\n";
const std::string new_metapackage = "Inst linux-headers-amd64 (6.1.192-2 Debian:12/stable [amd64])\n";
const std::string locked =
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)\n"
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using "
    "it?\n";

/// A machine with the kernel and its flavour's metapackage, and without headers.
struct Machine {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-distro-test-");
  system::Root root = *system::Root::open(directory.path());
  support::FakeRunner runner;
  std::string log = directory.path() + "/headers.log";

  /// dpkg's answers; those that come first count.
  Machine& with_database(const std::string& packages, const std::string& installed_headers = {}) {
    const system::Outcome none{.status = 1};
    runner.on("${Depends}", {.output = packages})
        .on("-- " + headers, installed_headers.empty()
                                 ? none
                                 : system::Outcome{.output = "installed " + installed_headers + "\n"})
        .on("-- linux-headers-", none);
    return *this;
  }

  /// What apt-get says to `wanted`, simulated or not.
  Machine& apt(const std::string& words, system::Outcome outcome) {
    runner.on(words, std::move(outcome));
    return *this;
  }

  Result<HeaderInstallation> plan(const std::string& image = "linux-image-6.1.0-56-amd64") {
    return distro::plan_header_installation(runner, root,
                                            {.headers = {headers, "6.1.192-2"}, .image = image});
  }

  Status install(const HeaderInstallation& installation) {
    return distro::install_headers(runner, root, installation,
                                   {.log = log, .environment = {"KPKG_HOOKS=later"}});
  }

  /// The commands of the program, without the options that all of them have.
  std::vector<system::Command> commands_of(const std::string& program) const {
    std::vector<system::Command> found;
    std::copy_if(runner.commands.begin(), runner.commands.end(), std::back_inserter(found),
                 [&](const auto& command) { return command.program == program; });
    return found;
  }
};

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const HeaderInstallation installation{.headers = {headers, "6.1.192-2"},
                                      .metapackage = PackageVersion{"linux-headers-amd64", "6.1.192-2"},
                                      .packages = {}};

}  // namespace

TEST_CASE("headers are planned with the metapackage that goes with the image's, the wanted ones first") {
  Machine machine;
  machine.with_database(database)
      .apt("--simulate install " + both, {.output = new_headers + new_metapackage})
      .apt("showauto linux-image-6.1.0-56-amd64", {.output = "linux-image-6.1.0-56-amd64\n"});

  const auto plan = machine.plan();

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->metapackage == PackageVersion{"linux-headers-amd64", "6.1.192-2"});
  CHECK(plan->packages == std::vector<PackageVersion>{{headers, "6.1.192-2"},
                                                      {"linux-headers-amd64", "6.1.192-2"},
                                                      {"linux-headers-6.1.0-56-common", "6.1.192-2"},
                                                      {"linux-kbuild-6.1", "6.1.192-2"}});
  CHECK_FALSE(plan->replaces);
  CHECK(plan->is_automatic);
  CHECK(plan->notes.empty());
}

TEST_CASE("apt is asked for a simulation that asks nobody and waits for no lock") {
  Machine machine;
  machine.with_database("").apt("apt-get", {.output = new_headers});

  REQUIRE(machine.plan().has_value());

  const auto commands = machine.commands_of("apt-get");
  REQUIRE(commands.size() == 1);
  CHECK(has(commands[0].arguments, "--simulate"));
  CHECK(has(commands[0].arguments, "--yes"));
  CHECK(has(commands[0].arguments, "--no-install-recommends"));
  CHECK(has(commands[0].arguments, "DPkg::Lock::Timeout=0"));
  CHECK(has(commands[0].environment, "DEBIAN_FRONTEND=noninteractive"));
}

TEST_CASE("a metapackage that is gone at that version is taken at apt's newest") {
  Machine machine;
  machine.with_database(database)
      .apt("--simulate install " + both, {.status = 100, .errors = "E: Version '6.1.192-2' was not found\n"})
      .apt("--simulate install " + exact + " linux-headers-amd64",
           {.output = new_headers + "Inst linux-headers-amd64 (6.1.195-1 Debian:12 [amd64])\n"})
      .apt("--simulate install " + exact, {.output = new_headers})
      .apt("showauto", {.output = ""});

  const auto plan = machine.plan();

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->metapackage == PackageVersion{"linux-headers-amd64", "6.1.195-1"});
  CHECK_FALSE(plan->is_automatic);
}

TEST_CASE("a metapackage that would bring another kernel is left out, with a note") {
  Machine machine;
  machine.with_database(database)
      .apt("--simulate install " + both, {.status = 100, .errors = "E: Version '6.1.192-2' was not found\n"})
      .apt("--simulate install " + exact + " linux-headers-amd64",
           {.output = new_headers + "Inst linux-image-6.12.50-amd64 (6.12.50-1 Debian:13 [amd64])\n"})
      .apt("--simulate install " + exact, {.output = new_headers});

  const auto plan = machine.plan();

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->metapackage == std::nullopt);
  CHECK(plan->packages.size() == 3);
  CHECK_FALSE(plan->is_automatic);
  REQUIRE(plan->notes.size() == 1);
  CHECK(
      plan->notes[0].find("linux-headers-amd64 is not installed, so later kernels may come without headers: "
                          "apt would install linux-image-6.12.50-amd64 6.12.50-1") == 0);
}

TEST_CASE("a plan that removes a package is refused, and the hint is how to do it all the same") {
  Machine machine;
  machine.with_database("").apt("--simulate", {.output = new_headers + "Remv gcc-11 [11.3.0]\nPurg x [1]\n"});

  const auto failure = machine.plan().error();

  CHECK(failure.kind == ErrorKind::conflict);
  CHECK(failure.message == "apt would remove gcc-11, x to install linux-headers-6.1.0-56-amd64 6.1.192-2");
  CHECK(failure.hint == "to do that all the same: apt-get install " + exact);
}

TEST_CASE("headers that would bring a kernel are refused") {
  Machine machine;
  machine.with_database("").apt(
      "--simulate", {.output = new_headers + "Inst linux-image-6.1.0-56-amd64 (6.1.192-2 Debian:12)\n"});

  CHECK(machine.plan("").error().kind == ErrorKind::conflict);
}

TEST_CASE("where another apt holds the lock, no other way is tried") {
  Machine machine;
  machine.with_database(database).apt("--simulate", {.status = 100, .errors = locked});

  const auto failure = machine.plan().error();

  CHECK(failure.kind == ErrorKind::locked);
  CHECK(failure.message ==
        "another program holds apt's lock: Could not get lock "
        "/var/lib/dpkg/lock-frontend. It is held by process 4711 (unattended-upgr)");
  CHECK(machine.commands_of("apt-get").size() == 1);
}

TEST_CASE("of headers that apt has not got, the failure is about them and not about the metapackage") {
  Machine machine;
  machine.with_database(database).apt(
      "--simulate", {.status = 100, .errors = "E: Version '6.1.192-2' for 'x' was not found\n"});

  const auto failure = machine.plan().error();

  CHECK(failure.kind == ErrorKind::not_found);
  CHECK(failure.message.find(exact + ":") != std::string::npos);
}

TEST_CASE("a metapackage that is installed is not asked for again") {
  Machine machine;
  machine.runner.on("${Depends}", {.output = database})
      .on("-- linux-headers-amd64", {.output = "installed 6.1.180-1\n"})
      .on("dpkg-query", {.status = 1})
      .on("--simulate install " + exact, {.output = new_headers})
      .on("showauto", {.output = "linux-image-6.1.0-56-amd64\n"});

  const auto plan = machine.plan();

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->metapackage == std::nullopt);
  CHECK(plan->is_automatic);
  CHECK(machine.commands_of("apt-get")[0].arguments.back() == exact);
}

TEST_CASE("a metapackage of a metapackage is the one that is taken") {
  Machine machine;
  machine
      .with_database(
          "installed\tproxmox-kernel-6.8\t6.8.12-4\tproxmox-kernel-6.8.12-4-pve-signed | "
          "proxmox-kernel-6.8.12-4-pve\n"
          "installed\tproxmox-default-kernel\t1.1.0\tproxmox-kernel-6.8\n")
      .apt("--simulate install " + exact + " proxmox-default-headers=1.1.0", {.output = new_headers})
      .apt("showauto", {.output = ""});
  machine.runner.on("-- proxmox-default-headers", {.status = 1});

  CHECK(machine.plan("proxmox-kernel-6.8.12-4-pve").has_value());
}

TEST_CASE("packages of Armbian have no metapackage: the next version has the same name") {
  Machine machine;
  machine.runner.on("${Depends}", {.output = "installed\tarmbian-bsp\t24.5.1\tlinux-base\n"})
      .on("dpkg-query", {.status = 1})
      .on("--simulate install linux-headers-current-sunxi64=24.5.1",
          {.output = "Inst linux-headers-current-sunxi64 (24.5.1 Armbian [arm64])\n"});

  const auto plan = distro::plan_header_installation(
      machine.runner, machine.root,
      {.headers = {"linux-headers-current-sunxi64", "24.5.1"}, .image = "linux-image-current-sunxi64"});

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->packages == std::vector<PackageVersion>{{"linux-headers-current-sunxi64", "24.5.1"}});
  CHECK_FALSE(plan->is_automatic);
}

TEST_CASE("another version of the headers may be replaced, and they stay marked as they are") {
  Machine machine;
  machine.with_database(database, "6.1.193-1")
      .apt("--allow-downgrades --simulate install " + both, {.output = new_headers + new_metapackage})
      .apt("showauto", {.output = "linux-image-6.1.0-56-amd64\n"});

  const auto plan = machine.plan();

  REQUIRE_MESSAGE(plan.has_value(), plan.error().text());
  CHECK(plan->replaces);
  CHECK_FALSE(plan->is_automatic);
}

TEST_CASE("a name or a version that could be an option is refused before apt is started") {
  Machine machine;

  const auto plan = [&](const std::string& name, const std::string& version) {
    return distro::plan_header_installation(machine.runner, machine.root, {.headers = {name, version}});
  };

  CHECK(plan("-o", "1").error().kind == ErrorKind::invalid);
  CHECK(plan("linux-headers", "1 2").error().kind == ErrorKind::invalid);
  CHECK(machine.runner.commands.empty());
}

TEST_CASE("headers are installed with exact versions by an apt-get that removes nothing and is not stopped") {
  Machine machine;
  machine.with_database("", "6.1.192-2").apt("--no-remove install " + both, {});

  const auto done = machine.install(installation);

  REQUIRE_MESSAGE(done.has_value(), done.error().text());
  const auto commands = machine.commands_of("apt-get");
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].on_stop == system::OnStop::finish);
  CHECK(commands[0].output.has_value());
  CHECK(has(commands[0].environment, "KPKG_HOOKS=later"));
  CHECK(has(commands[0].environment, "DEBIAN_FRONTEND=noninteractive"));
  CHECK_FALSE(has(commands[0].arguments, "--allow-downgrades"));
  CHECK(machine.commands_of("apt-mark").empty());
}

TEST_CASE("headers of an image that came by a dependency are marked so too") {
  Machine machine;
  machine.with_database("", "6.1.192-2").apt("apt-get", {}).apt("apt-mark", {});
  auto automatic = installation;
  automatic.is_automatic = true;

  REQUIRE(machine.install(automatic).has_value());

  const auto commands = machine.commands_of("apt-mark");
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].text().ends_with(" auto " + headers));
}

TEST_CASE("an apt-get that complains of another package has installed the headers all the same") {
  Machine machine;
  machine.with_database("", "6.1.192-2").apt("apt-get", {.status = 100});

  CHECK(machine.install(installation).has_value());
}

TEST_CASE("why apt-get failed is read from its log, and a lock is told as such") {
  Machine broken;
  broken.with_database("").runner.on("apt-get", {.status = 100}, [&](const system::Command&) {
    REQUIRE(system::write_file(broken.log,
                               "E: Can not write log (Is /dev/pts mounted?)\n"
                               "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"));
  });
  Machine late;
  late.with_database("").runner.on("apt-get", {.status = 100}, [&](const system::Command&) {
    REQUIRE(system::write_file(late.log, locked));
  });

  const auto failure = broken.install(installation).error();

  CHECK(failure.message == "apt-get failed with status 100 for " + exact +
                               ": Sub-process /usr/bin/dpkg returned an error code (1)");
  CHECK(failure.hint == "everything that apt said is in " + broken.log);
  CHECK(late.install(installation).error().kind == ErrorKind::locked);
}

TEST_CASE("without apt there is no plan") {
  Machine machine;
  machine.with_database("");

  CHECK(machine.plan().error().kind == ErrorKind::not_found);
}
