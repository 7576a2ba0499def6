// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/sandbox.hpp"

#include "base/text.hpp"
#include "sandbox_world.hpp"
#include "system/file.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

using namespace kpkg;
using namespace kpkg::test;
using system::Access;
using system::Command;
using system::Sandbox;
using system::SandboxStrength;
using system::SandboxView;

namespace {

/// A socket of this machine that accepts connections on 127.0.0.1, and its port.
struct Listener {
  system::Fd socket;
  int port = 0;
};

Listener a_listener() {
  Listener listener{system::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener.socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener.socket.get(), 1) == 0);
  REQUIRE(::getsockname(listener.socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  listener.port = ntohs(address.sin_port);
  return listener;
}

std::string connecting_to(const Listener& listener) {
  return "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(listener.port) + " && echo connected";
}

}  // namespace

TEST_SUITE_BEGIN("sandbox");

TEST_CASE("the strongest sandbox has no weaknesses to tell" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();

  CHECK(sandbox.strength() == SandboxStrength::namespaces);
}

TEST_CASE("without bubblewrap Landlock confines, and why is recorded" * doctest::skip(no_landlock())) {
  const auto sandbox = a_landlock_sandbox();

  CHECK(sandbox.strength() == SandboxStrength::landlock);
  CHECK(sandbox.weaknesses() == std::vector<std::string>{"bubblewrap: it was not to be used",
                                                         "bubblewrap from a chroot: it was not to be used"});
}

TEST_CASE("without bubblewrap and Landlock a build still has another user than root") {
  const auto sandbox = a_sandbox(all_means());
  const auto workshop = a_workshop(sandbox);

  CHECK(sandbox.strength() == SandboxStrength::user_only);
  CHECK(said(sandbox, workshop.view, "id -u") == std::to_string(sandbox.user().user) + "\n");
  CHECK(sandbox.user().user != 0);
}

TEST_CASE("a helper that is not there is an error that names the remedy") {
  system::SystemRunner runner;

  const auto sandbox =
      Sandbox::choose(runner, {.helper = "/nowhere/kpkg-confine", .unavailable = all_means()});

  REQUIRE_FALSE(sandbox.has_value());
  CHECK(sandbox.error().kind == ErrorKind::not_found);
}

TEST_CASE("what a confined program writes belongs to the build user outside" *
          doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);

  run(sandbox, workshop.view, a_shell("echo made > /build/source/file"));

  const auto status = system::status_of(workshop.view.directory + "/file");
  REQUIRE(status.has_value());
  REQUIRE(status->has_value());
  CHECK((*status)->owner == sandbox.user().user);
  CHECK((*status)->owner != 0);
}

TEST_CASE("secrets are unreadable in namespaces" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);
  REQUIRE(system::write_file(workshop.directory.path() + "/key", "secret", 0600).has_value());

  CHECK(said(sandbox, workshop.view, "cat /etc/shadow /root/* /home/*; ls /root /home /var /run") == "");
  CHECK(said(sandbox, workshop.view, "cat " + workshop.directory.path() + "/key") == "");
}

TEST_CASE("secrets are unreadable under Landlock" * doctest::skip(no_landlock())) {
  const auto sandbox = a_landlock_sandbox();
  const auto workshop = a_workshop(sandbox);
  REQUIRE(system::write_file(workshop.directory.path() + "/key", "secret", 0644).has_value());

  CHECK(said(sandbox, workshop.view, "cat /etc/shadow /root/* /home/*; ls /root /home /var /run") == "");
  CHECK(said(sandbox, workshop.view, "cat " + workshop.directory.path() + "/key") == "");
}

TEST_CASE("a file 0600 of root is unreadable even where it is bound" *
          doctest::skip(no_namespaces() || no_root())) {
  const auto sandbox = a_sandbox();
  auto workshop = a_workshop(sandbox);
  const auto key = workshop.directory.path() + "/key";
  REQUIRE(system::write_file(key, "secret", 0600).has_value());
  workshop.view.binds = {{key, "/key", Access::read}};

  CHECK(said(sandbox, workshop.view, "ls /key; cat /key") == "/key\n");
}

TEST_CASE("namespaces have no network, not even this machine's own" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const auto listener = a_listener();

  CHECK(said(sandbox, {}, connecting_to(listener)) == "");
}

TEST_CASE("under Landlock there is no network" * doctest::skip(no_landlock())) {
  const auto sandbox = a_landlock_sandbox();
  const auto listener = a_listener();

  CHECK(said(sandbox, {}, connecting_to(listener)) == "");
}

TEST_CASE("in namespaces nothing outside the build directory and /tmp is writable" *
          doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);

  const auto output = said(sandbox, workshop.view,
                           "for at in / /usr /usr/lib /etc /build /proc /dev /build/source /tmp; do"
                           " (echo > $at/kpkg-probe) 2>/dev/null && echo $at; done");

  CHECK(output.find("/build/source\n/tmp\n") != std::string::npos);
  CHECK(replaced(output, "/dev\n", "") == "/build/source\n/tmp\n");
}

TEST_CASE("under Landlock only the build directory is writable" * doctest::skip(no_landlock())) {
  const auto sandbox = a_landlock_sandbox();
  const auto workshop = a_workshop(sandbox);
  const auto work = workshop.view.directory;

  CHECK(said(sandbox, workshop.view,
             "for at in / /usr /etc /tmp /var/tmp /dev/shm " + workshop.directory.path() + " " + work +
                 "; do (echo > $at/kpkg-probe) 2>/dev/null && echo $at; done") == work + "\n");
}

TEST_CASE("programs that are chosen through /etc/alternatives work in namespaces" *
          doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();

  CHECK(said(sandbox, {},
             "awk 'BEGIN { print 6 * 7 }'; id -un; cat /etc/ld.so.cache >/dev/null || echo unreadable") ==
        said(a_sandbox(all_means()), {}, "echo 42; id -un"));
}

TEST_CASE("a confined program sees only its own processes" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();

  const auto output = said(sandbox, {}, "cd /proc; echo [0-9]* | wc -w");

  CHECK(std::stoi(output) <= 4);
}

TEST_CASE("a build directory with spaces, colons and newlines has a plain name inside" *
          doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox, "a b:c\nd");
  auto command = a_shell("pwd; echo > file");
  command.directory = "/build/source";

  const auto outcome = run(sandbox, workshop.view, command);

  CHECK(outcome.output == "/build/source\n");
  CHECK(system::read_file(workshop.view.directory + "/file").has_value());
}

TEST_CASE("a bind appears where the host has no such directory" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  auto workshop = a_workshop(sandbox);
  REQUIRE(system::write_file(workshop.view.directory + "/file", "found\n").has_value());
  workshop.view.binds = {{workshop.view.directory, "/usr/lib/kpkg-no-such-directory", Access::read},
                         {workshop.view.directory, "/usr/src/kpkg/no/such", Access::read},
                         {workshop.view.directory, "/lib/kpkg-by-link", Access::read}};

  CHECK(said(sandbox, workshop.view,
             "cat /usr/lib/kpkg-no-such-directory/file /usr/src/kpkg/no/such/file /lib/kpkg-by-link/file;"
             "echo > /usr/lib/kpkg-probe || echo refused; gcc --version >/dev/null || echo broken") ==
        "found\nfound\nfound\nrefused\n");
}

TEST_CASE("a bind into another bind that lacks the directory is refused" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  auto workshop = a_workshop(sandbox);
  workshop.view.binds = {{workshop.view.directory, "/usr/src/kpkg", Access::read},
                         {workshop.view.directory, "/usr/src/kpkg/absent", Access::read}};

  const auto confined = sandbox.confine(a_shell("true"), workshop.view);

  REQUIRE_FALSE(confined.has_value());
  CHECK(confined.error().kind == ErrorKind::unsupported);
}

TEST_CASE("without namespaces a file cannot have another name") {
  const auto sandbox = a_sandbox(all_means());

  const auto confined =
      sandbox.confine(a_shell("true"), {.binds = {{"/usr/src", "/elsewhere", Access::read}}});

  REQUIRE_FALSE(confined.has_value());
  CHECK(confined.error().kind == ErrorKind::unsupported);
}

TEST_CASE("the environment reaches the confined program and nothing before it") {
  const auto sandbox = a_sandbox();
  auto command = a_shell("echo $LD_PRELOAD $WORD");
  command.environment = {"PATH=/usr/bin:/bin", "LD_PRELOAD=/tmp/evil.so", "WORD=a b"};

  const auto confined = sandbox.confine(command, {});

  REQUIRE(confined.has_value());
  CHECK(confined->environment == system::system_environment());
  CHECK(run(sandbox, {}, command).output == "/tmp/evil.so a b\n");
}

TEST_CASE("status, input and passed descriptors pass through the sandbox") {
  const auto sandbox = a_sandbox();
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const system::Fd read(ends[0]);
  const system::Fd write(ends[1]);
  auto command = a_shell("cat >&" + std::to_string(write.get()) + "; exit 7");
  command.input = "through";
  command.passed_descriptors = {write.get()};

  const auto outcome = run(sandbox, {}, command);

  std::array<char, 16> buffer{};
  CHECK(outcome.status == 7);
  CHECK(::read(read.get(), buffer.data(), buffer.size()) == 7);
  CHECK(std::string(buffer.data()) == "through");
}

TEST_CASE("the processor time of a confined program is known" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();

  const auto outcome = run(sandbox, {}, a_shell("for ((turn = 0; turn < 100000; turn++)); do :; done"));

  CHECK(outcome.cpu > std::chrono::milliseconds(50));
}

TEST_CASE("names inside follow the view where there are namespaces" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();
  const SandboxView view{.binds = {{"/roots/a/usr/src", "/usr/src", Access::read}},
                         .directory = "/area/x",
                         .temporary = "/area/tmp"};

  CHECK(sandbox.inside(view, "/area/x/sub/file.c") == "/build/source/sub/file.c");
  CHECK(sandbox.inside(view, "/roots/a/usr/src/linux") == "/usr/src/linux");
  CHECK(sandbox.inside(view, "/area/tmp/y") == "/tmp/y");
  CHECK(sandbox.inside(view, "/area/xy") == "/area/xy");
}

TEST_SUITE_END();
