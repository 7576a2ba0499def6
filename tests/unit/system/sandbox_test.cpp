// SPDX-License-Identifier: GPL-2.0-or-later
// long: one world serves every promise of the sandbox, each tried on every strength
#include "system/sandbox.hpp"

#include "base/text.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

using namespace kpkg;
using system::Access;
using system::Command;
using system::Sandbox;
using system::SandboxMeans;
using system::SandboxStrength;
using system::SandboxView;

namespace {

const std::vector<SandboxMeans> all_means = {SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot,
                                             SandboxMeans::landlock};

Sandbox a_sandbox(std::vector<SandboxMeans> unavailable = {}) {
  system::SystemRunner runner;
  auto sandbox = Sandbox::choose(runner, {.helper = "", .unavailable = std::move(unavailable)});
  REQUIRE_MESSAGE(sandbox.has_value(), (sandbox ? "" : sandbox.error().text()));
  return std::move(*sandbox);
}

Sandbox a_landlock_sandbox() {
  return a_sandbox({SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot});
}

bool lacks(SandboxStrength strength, std::vector<SandboxMeans> unavailable) {
  system::SystemRunner runner;
  const auto sandbox = Sandbox::choose(runner, {.helper = "", .unavailable = std::move(unavailable)});
  if (sandbox && sandbox->strength() == strength) return false;
  std::fprintf(stderr, "skipped: no sandbox of strength %s here\n", name_of(strength).data());
  return true;
}

const bool no_namespaces = lacks(SandboxStrength::namespaces, {});
const bool no_landlock =
    lacks(SandboxStrength::landlock, {SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot});
const bool no_root = ::geteuid() != 0;

/// A directory that a build in `sandbox` may write.
struct Workshop {
  system::TempDir directory;
  SandboxView view;
};

Workshop a_workshop(const Sandbox& sandbox, const std::string& name = "work") {
  auto directory = system::TempDir::create("/tmp", "kpkg-sandbox-");
  REQUIRE(directory.has_value());
  const auto work = directory->path() + "/" + name;
  REQUIRE(system::make_directories(work).has_value());
  REQUIRE(system::give_tree(directory->path(), sandbox.user().user, sandbox.user().group).has_value());
  return Workshop{std::move(*directory), SandboxView{.directory = work}};
}

Command a_shell(std::string script) {
  return Command{.program = "bash",
                 .arguments = {"-c", std::move(script)},
                 .environment = system::system_environment(),
                 .timeout = std::chrono::seconds(30)};
}

system::Outcome run(const Sandbox& sandbox, const SandboxView& view, const Command& command) {
  system::SystemRunner runner;
  const auto confined = sandbox.confine(command, view);
  REQUIRE_MESSAGE(confined.has_value(), (confined ? "" : confined.error().text()));
  auto outcome = runner.run(*confined);
  REQUIRE(outcome.has_value());
  return *outcome;
}

std::string said(const Sandbox& sandbox, const SandboxView& view, std::string script) {
  return run(sandbox, view, a_shell(std::move(script))).output;
}

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

/// Runs `command` in a process that is killed as soon as the program wrote a byte to the passed descriptor;
/// true if afterwards nothing holds that descriptor any more, which is how one sees that all are gone.
bool ends_with_kpkg(const Command& command) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  system::Fd read(ends[0]);
  system::Fd write(ends[1]);
  auto passed = command;
  passed.passed_descriptors = {write.get()};
  passed.output = write.get();
  const pid_t kpkg = ::fork();
  if (kpkg == 0) {
    system::SystemRunner runner;
    ::_exit(runner.run(passed).has_value() ? 0 : 1);
  }
  write.reset();
  char byte = 0;
  const bool began = ::read(read.get(), &byte, 1) == 1;
  ::kill(kpkg, SIGKILL);
  ::waitpid(kpkg, nullptr, 0);
  pollfd watched{.fd = read.get(), .events = 0, .revents = 0};
  return began && ::poll(&watched, 1, 10000) == 1 && (watched.revents & POLLHUP) != 0;
}

/// A script that makes a plain chroot (its root is no mount) whose parent mounts have that propagation, runs
/// the case "the inside of a chroot" there and says how many mounts it left in its own namespace.
std::string running_in_chroot(const std::string& directory, const std::string& propagation) {
  constexpr std::string_view script = R"SH(set -e
cd DIRECTORY
for name in usr etc proc dev tmp; do mkdir $name; mount --bind /$name $name; done
for name in bin sbin lib lib64; do cp -a /$name .; done
mkdir -p .PROGRAMS
mount --rbind PROGRAMS .PROGRAMS
before=$(wc -l </proc/self/mountinfo)
status=0
chroot . SELF --no-skip -tc="the inside of a chroot*" || status=$?
echo "mounts left: $(($(wc -l </proc/self/mountinfo) - before))"
exit $status)SH";
  const std::string self = *system::own_program();
  const std::string programs = self.substr(0, self.find("/tests/"));
  auto text = replaced(std::string(script), "DIRECTORY", directory);
  text = replaced(replaced(text, "PROGRAMS", programs), "SELF", self);
  return "unshare -m --propagation " + propagation + " bash -c '" + text + "'";
}

}  // namespace

TEST_SUITE_BEGIN("sandbox");

TEST_CASE("the strongest sandbox has no weaknesses to tell" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();

  CHECK(sandbox.strength() == SandboxStrength::namespaces);
}

TEST_CASE("without bubblewrap Landlock confines, and why is recorded" * doctest::skip(no_landlock)) {
  const auto sandbox = a_landlock_sandbox();

  CHECK(sandbox.strength() == SandboxStrength::landlock);
  CHECK(sandbox.weaknesses() == std::vector<std::string>{"bubblewrap: it was not to be used",
                                                         "bubblewrap from a chroot: it was not to be used"});
}

TEST_CASE("without bubblewrap and Landlock a build still has another user than root") {
  const auto sandbox = a_sandbox(all_means);
  const auto workshop = a_workshop(sandbox);

  CHECK(sandbox.strength() == SandboxStrength::user_only);
  CHECK(said(sandbox, workshop.view, "id -u") == std::to_string(sandbox.user().user) + "\n");
  CHECK(sandbox.user().user != 0);
}

TEST_CASE("a helper that is not there is an error that names the remedy") {
  system::SystemRunner runner;

  const auto sandbox = Sandbox::choose(runner, {.helper = "/nowhere/kpkg-confine", .unavailable = all_means});

  REQUIRE_FALSE(sandbox.has_value());
  CHECK(sandbox.error().kind == ErrorKind::not_found);
}

TEST_CASE("what a confined program writes belongs to the build user outside" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);

  run(sandbox, workshop.view, a_shell("echo made > /build/source/file"));

  const auto status = system::status_of(workshop.view.directory + "/file");
  REQUIRE(status.has_value());
  REQUIRE(status->has_value());
  CHECK((*status)->owner == sandbox.user().user);
  CHECK((*status)->owner != 0);
}

TEST_CASE("secrets are unreadable in namespaces" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);
  REQUIRE(system::write_file(workshop.directory.path() + "/key", "secret", 0600).has_value());

  CHECK(said(sandbox, workshop.view, "cat /etc/shadow /root/* /home/*; ls /root /home /var /run") == "");
  CHECK(said(sandbox, workshop.view, "cat " + workshop.directory.path() + "/key") == "");
}

TEST_CASE("secrets are unreadable under Landlock" * doctest::skip(no_landlock)) {
  const auto sandbox = a_landlock_sandbox();
  const auto workshop = a_workshop(sandbox);
  REQUIRE(system::write_file(workshop.directory.path() + "/key", "secret", 0644).has_value());

  CHECK(said(sandbox, workshop.view, "cat /etc/shadow /root/* /home/*; ls /root /home /var /run") == "");
  CHECK(said(sandbox, workshop.view, "cat " + workshop.directory.path() + "/key") == "");
}

TEST_CASE("a file 0600 of root is unreadable even where it is bound" *
          doctest::skip(no_namespaces || no_root)) {
  const auto sandbox = a_sandbox();
  auto workshop = a_workshop(sandbox);
  const auto key = workshop.directory.path() + "/key";
  REQUIRE(system::write_file(key, "secret", 0600).has_value());
  workshop.view.binds = {{key, "/key", Access::read}};

  CHECK(said(sandbox, workshop.view, "ls /key; cat /key") == "/key\n");
}

TEST_CASE("namespaces have no network, not even this machine's own" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const auto listener = a_listener();

  CHECK(said(sandbox, {}, connecting_to(listener)) == "");
}

TEST_CASE("under Landlock there is no network" * doctest::skip(no_landlock)) {
  const auto sandbox = a_landlock_sandbox();
  const auto listener = a_listener();

  CHECK(said(sandbox, {}, connecting_to(listener)) == "");
}

TEST_CASE("in namespaces nothing outside the build directory and /tmp is writable" *
          doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);

  const auto output = said(sandbox, workshop.view,
                           "for at in / /usr /usr/lib /etc /build /proc /dev /build/source /tmp; do"
                           " (echo > $at/kpkg-probe) 2>/dev/null && echo $at; done");

  CHECK(output.find("/build/source\n/tmp\n") != std::string::npos);
  CHECK(replaced(output, "/dev\n", "") == "/build/source\n/tmp\n");
}

TEST_CASE("under Landlock only the build directory is writable" * doctest::skip(no_landlock)) {
  const auto sandbox = a_landlock_sandbox();
  const auto workshop = a_workshop(sandbox);
  const auto work = workshop.view.directory;

  CHECK(said(sandbox, workshop.view,
             "for at in / /usr /etc /tmp /var/tmp /dev/shm " + workshop.directory.path() + " " + work +
                 "; do (echo > $at/kpkg-probe) 2>/dev/null && echo $at; done") == work + "\n");
}

TEST_CASE("programs that are chosen through /etc/alternatives work in namespaces" *
          doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();

  CHECK(said(sandbox, {},
             "awk 'BEGIN { print 6 * 7 }'; id -un; cat /etc/ld.so.cache >/dev/null || echo unreadable") ==
        said(a_sandbox(all_means), {}, "echo 42; id -un"));
}

TEST_CASE("a confined program sees only its own processes" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();

  const auto output = said(sandbox, {}, "cd /proc; echo [0-9]* | wc -w");

  CHECK(std::stoi(output) <= 4);
}

TEST_CASE("a build directory with spaces, colons and newlines has a plain name inside" *
          doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox, "a b:c\nd");
  auto command = a_shell("pwd; echo > file");
  command.directory = "/build/source";

  const auto outcome = run(sandbox, workshop.view, command);

  CHECK(outcome.output == "/build/source\n");
  CHECK(system::read_file(workshop.view.directory + "/file").has_value());
}

TEST_CASE("a bind appears where the host has no such directory" * doctest::skip(no_namespaces)) {
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

TEST_CASE("a bind into another bind that lacks the directory is refused" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  auto workshop = a_workshop(sandbox);
  workshop.view.binds = {{workshop.view.directory, "/usr/src/kpkg", Access::read},
                         {workshop.view.directory, "/usr/src/kpkg/absent", Access::read}};

  const auto confined = sandbox.confine(a_shell("true"), workshop.view);

  REQUIRE_FALSE(confined.has_value());
  CHECK(confined.error().kind == ErrorKind::unsupported);
}

TEST_CASE("without namespaces a file cannot have another name") {
  const auto sandbox = a_sandbox(all_means);

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

TEST_CASE("the processor time of a confined program is known" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();

  const auto outcome = run(sandbox, {}, a_shell("for ((turn = 0; turn < 100000; turn++)); do :; done"));

  CHECK(outcome.cpu > std::chrono::milliseconds(50));
}

TEST_CASE("names inside follow the view where there are namespaces" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  const SandboxView view{.binds = {{"/roots/a/usr/src", "/usr/src", Access::read}},
                         .directory = "/area/x",
                         .temporary = "/area/tmp"};

  CHECK(sandbox.inside(view, "/area/x/sub/file.c") == "/build/source/sub/file.c");
  CHECK(sandbox.inside(view, "/roots/a/usr/src/linux") == "/usr/src/linux");
  CHECK(sandbox.inside(view, "/area/tmp/y") == "/tmp/y");
  CHECK(sandbox.inside(view, "/area/xy") == "/area/xy");
}

TEST_CASE("a killed kpkg leaves no process in namespaces" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();

  CHECK(ends_with_kpkg(*sandbox.confine(a_shell("sleep 300 & echo; sleep 300"), {})));
}

TEST_CASE("a killed kpkg leaves no process under Landlock" * doctest::skip(no_landlock)) {
  const auto sandbox = a_landlock_sandbox();

  CHECK(ends_with_kpkg(*sandbox.confine(a_shell("setsid sleep 300 & sleep 300 & echo; sleep 300"), {})));
}

TEST_CASE("a time limit ends what the build put into a session of its own" * doctest::skip(no_namespaces)) {
  const auto sandbox = a_sandbox();
  auto command = a_shell("setsid sleep 300 & sleep 300");
  command.timeout = std::chrono::milliseconds(300);

  const auto outcome = run(sandbox, {}, command);

  CHECK(outcome.timed_out);
  CHECK(outcome.duration < std::chrono::seconds(10));
}

TEST_CASE("the inside of a chroot has namespaces, too" * doctest::skip()) {
  const auto sandbox = a_sandbox();
  const auto workshop = a_workshop(sandbox);

  CHECK(sandbox.strength() == SandboxStrength::namespaces);
  CHECK(sandbox.weaknesses().size() == 1);
  CHECK(said(sandbox, workshop.view, "cat /etc/shadow") == "");
  CHECK(said(sandbox, workshop.view, "cd /build/source; echo yes > file; cat file") == "yes\n");
}

TEST_CASE("a chroot under a private parent gets namespaces and leaves no mount" *
          doctest::skip(no_namespaces || no_root)) {
  const auto directory = system::TempDir::create("/tmp", "kpkg-chroot-");
  system::SystemRunner runner;

  const auto outcome = runner.run(a_shell(running_in_chroot(directory->path(), "private")));

  CHECK_MESSAGE(outcome->succeeded(), outcome->output);
  CHECK(outcome->output.find("mounts left: 0\n") != std::string::npos);
}

TEST_CASE("a chroot under a shared parent gets namespaces and leaves no mount" *
          doctest::skip(no_namespaces || no_root)) {
  const auto directory = system::TempDir::create("/tmp", "kpkg-chroot-");
  system::SystemRunner runner;

  const auto outcome = runner.run(a_shell(running_in_chroot(directory->path(), "shared")));

  CHECK_MESSAGE(outcome->succeeded(), outcome->output);
  CHECK(outcome->output.find("mounts left: 0\n") != std::string::npos);
}

TEST_SUITE_END();
