// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/header_installer.hpp"

#include "support/fake_runner.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using workflow::Consent;
using workflow::HeaderAttempt;
using workflow::HeaderInstaller;

namespace {

const std::string release = "6.1.0-56-amd64";
const std::string headers = "linux-headers-6.1.0-56-amd64";

class Silence : public workflow::Observer {
 public:
  void on(const workflow::Event& /*event*/) override {}
};

/// A machine that has the kernel from a package, and no headers; apt has them.
struct Machine {
  system::Host host;
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-workflow-test-");
  system::Root root = *system::Root::open(directory.path());
  support::FakeRunner runner;
  Silence silence;
  kernel::Kernel kernel = {.release = release,
                           .module_directory = "/usr/lib/modules/" + release,
                           .image = "/boot/vmlinuz-" + release};
  abi::KernelFacts facts;

  Machine() {
    facts.architecture = elf::Architecture{.machine = 62};
    runner.on("${Depends}", {.output = ""})
        .on("-- /boot/vmlinuz-" + release, {.output = "linux-image-6.1.0-56-amd64: /boot/vmlinuz\n"})
        .on("-- linux-image-6.1.0-56-amd64", {.output = "installed 6.1.192-2\n"});
  }

  Machine& with_apt(const std::string& architecture = "amd64", const std::string& others = {}) {
    runner.on("-- linux-headers", {.status = 1})
        .on("apt-config", {.output = architecture + "\n"})
        .on("--simulate install " + headers + "=6.1.192-2",
            {.output = "Inst " + headers + " (6.1.192-2 Debian:12 [amd64])\n" + others});
    return *this;
  }

  workflow::Workspace workspace() {
    return {.host = host, .root = root, .runner = runner, .observer = silence};
  }

  Result<HeaderAttempt> install(Consent consent, const workflow::HeaderAgreement& agrees = {}) {
    return HeaderInstaller(consent, agrees).install_as(consent, workspace(), kernel, facts);
  }

  bool was_asked(const std::string& words) const {
    return std::any_of(runner.commands.begin(), runner.commands.end(),
                       [&](const auto& command) { return command.text().find(words) != std::string::npos; });
  }
};

/// A runner whose apt-get installs the headers: dpkg knows them from then on.
class Installing : public system::Runner {
 public:
  explicit Installing(system::Runner& before) : before_(before) {}

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override {
    const auto text = command.text();
    if (text.find("--no-remove") != std::string::npos) {
      environment = command.environment;
      return system::Outcome{};
    }
    const bool is_asked_after = text.find("-- " + headers) != std::string::npos && !environment.empty();
    if (is_asked_after) return system::Outcome{.output = "installed 6.1.192-2\n"};
    return before_.run_observed(command, on_line);
  }

  std::vector<std::string> environment;  ///< of the apt-get that installed; empty: none did

 private:
  system::Runner& before_;
};

}  // namespace

TEST_CASE("nothing is installed for another root than this machine's, nor by who is not root") {
  Machine elsewhere;
  Machine mortal;
  mortal.host.user = 1000;
  mortal.root = *system::Root::open("/");

  CHECK(HeaderInstaller(Consent::given).install(elsewhere.workspace(), elsewhere.kernel, elsewhere.facts) ==
        HeaderAttempt{});
  CHECK(HeaderInstaller(Consent::given).install(mortal.workspace(), mortal.kernel, mortal.facts) ==
        HeaderAttempt{});
  CHECK(elsewhere.runner.commands.empty());
  CHECK(mortal.runner.commands.empty());
}

TEST_CASE("a setting answers in place of the person, or leaves it to them") {
  using settings::InstallHeaders;

  CHECK(consent_under(InstallHeaders::always, Consent::absent) == Consent::given);
  CHECK(consent_under(InstallHeaders::never, Consent::given) == Consent::absent);
  CHECK(consent_under(InstallHeaders::ask, Consent::given) == Consent::given);
  CHECK(consent_under(InstallHeaders::ask, Consent::asked) == Consent::asked);
  CHECK(consent_under(InstallHeaders::ask, Consent::absent) == Consent::absent);
}

TEST_CASE("nothing is installed where there is nobody to ask") {
  Machine machine;

  CHECK(machine.install(Consent::absent) == HeaderAttempt{});
  CHECK(machine.runner.commands.empty());
}

TEST_CASE("the person is asked with the packages that apt named, and a no is told") {
  Machine machine;
  machine.with_apt();
  std::vector<distro::PackageVersion> asked;
  const auto refuse = [&](const std::string& kernel, const std::vector<distro::PackageVersion>& packages) {
    CHECK(kernel == release);
    asked = packages;
    return false;
  };

  const auto attempt = machine.install(Consent::asked, refuse);

  REQUIRE_MESSAGE(attempt.has_value(), attempt.error().text());
  CHECK(asked == std::vector<distro::PackageVersion>{{headers, "6.1.192-2"}});
  CHECK(attempt->done.empty());
  CHECK(attempt->problem == headers + " is not installed, as was answered");
  CHECK_FALSE(machine.was_asked("--no-remove"));
}

TEST_CASE("what was agreed to is installed, told, and remembered with the kernels that it is for") {
  Machine machine;
  machine.with_apt("amd64", "Inst linux-headers-6.1.0-60-amd64 (6.1.200-1 Debian:12 [amd64])\n");
  Installing apt(machine.runner);
  HeaderInstaller installer(Consent::asked, [](const auto&, const auto&) { return true; });
  const workflow::Workspace workspace{
      .host = machine.host, .root = machine.root, .runner = apt, .observer = machine.silence};

  const auto attempt = installer.install_as(Consent::asked, workspace, machine.kernel, machine.facts);

  REQUIRE_MESSAGE(attempt.has_value(), attempt.error().text());
  CHECK(*attempt == HeaderAttempt{.done = {"installed " + headers + " 6.1.192-2 with apt"}});
  CHECK(installer.installed().size() == 2);
  CHECK(installer.has_brought_headers_of(release));
  CHECK(installer.has_brought_headers_of("6.1.0-60-amd64"));
  CHECK_FALSE(installer.has_brought_headers_of("6.1.0-50-amd64"));
  REQUIRE(apt.environment.size() > 1);
  CHECK(std::count(apt.environment.begin(), apt.environment.end(), "KPKG_HOOKS=later") == 1);
  CHECK(machine.root.status("/var/log/kpkg/headers-" + release + ".log")->has_value());
}

TEST_CASE("a board's unversioned headers are asked for at the version of its image") {
  Machine machine;
  machine.kernel.release = "6.6.31-current-sunxi64";
  machine.kernel.image = "/boot/vmlinuz-6.6.31-current-sunxi64";
  machine.facts.architecture->machine = 183;
  machine.runner
      .on("-- /boot/vmlinuz-6.6.31-current-sunxi64",
          {.output = "linux-image-current-sunxi64: /boot/vmlinuz\n"})
      .on("-- linux-image-current-sunxi64", {.output = "installed 24.5.1\n"})
      .on("--simulate install linux-headers-current-sunxi64=24.5.1",
          {.output = "Inst linux-headers-current-sunxi64 (24.5.1 Armbian [arm64])\n"});
  machine.with_apt("arm64");
  std::vector<distro::PackageVersion> asked;

  const auto attempt = machine.install(Consent::asked, [&](const auto& /*kernel*/, const auto& packages) {
    asked = packages;
    return false;
  });

  REQUIRE_MESSAGE(attempt.has_value(), attempt.error().text());
  CHECK(asked == std::vector<distro::PackageVersion>{{"linux-headers-current-sunxi64", "24.5.1"}});
}

TEST_CASE("a lock that another apt holds is a problem with a hint, and no error") {
  Machine machine;
  machine.runner.on("-- linux-headers", {.status = 1})
      .on("apt-config", {.output = "amd64\n"})
      .on("--simulate",
          {.status = 100,
           .errors = "E: Could not get lock /var/lib/dpkg/lock. It is held by process 4711 (apt)\n"});

  const auto attempt = machine.install(Consent::given);

  REQUIRE_MESSAGE(attempt.has_value(), attempt.error().text());
  CHECK(attempt->problem == headers +
                                " 6.1.192-2 is not installed: another program holds apt's lock: Could "
                                "not get lock /var/lib/dpkg/lock. It is held by process 4711 (apt)");
  CHECK(attempt->hint == "when that has finished: apt-get install " + headers);
}

TEST_CASE("headers that are installed at this version and are no good are not installed again") {
  Machine machine;
  machine.runner.on("-- " + headers, {.output = "installed 6.1.192-2\n"});
  machine.with_apt();

  CHECK(machine.install(Consent::given) == HeaderAttempt{});
  CHECK_FALSE(machine.was_asked("apt-get"));
}

TEST_CASE("headers of another machine's kernel are not installed: their programs would not run") {
  Machine machine;
  machine.with_apt("i386");

  CHECK(machine.install(Consent::given) == HeaderAttempt{});
  CHECK_FALSE(machine.was_asked("apt-get"));
}

TEST_CASE("who was interrupted at apt is interrupted") {
  Machine machine;
  machine.runner.on("-- linux-headers", {.status = 1})
      .on("apt-config", {.output = "amd64\n"})
      .on("--simulate", {.status = 143, .interrupted = true});

  CHECK(machine.install(Consent::given).error().kind == ErrorKind::interrupted);
}
