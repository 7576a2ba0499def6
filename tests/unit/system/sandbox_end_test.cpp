// SPDX-License-Identifier: GPL-2.0-or-later
// What is left when a confined program ends: no process, and in a chroot no mount.
#include "base/text.hpp"
#include "sandbox_world.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

using namespace kpkg;
using namespace kpkg::test;
using system::Command;
using system::SandboxStrength;

namespace {

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

TEST_CASE("a killed kpkg leaves no process in namespaces" * doctest::skip(no_namespaces())) {
  const auto sandbox = a_sandbox();

  CHECK(ends_with_kpkg(*sandbox.confine(a_shell("sleep 300 & echo; sleep 300"), {})));
}

TEST_CASE("a killed kpkg leaves no process under Landlock" * doctest::skip(no_landlock())) {
  const auto sandbox = a_landlock_sandbox();

  CHECK(ends_with_kpkg(*sandbox.confine(a_shell("setsid sleep 300 & sleep 300 & echo; sleep 300"), {})));
}

TEST_CASE("a time limit ends what the build put into a session of its own" * doctest::skip(no_namespaces())) {
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

TEST_CASE("a chroot gets namespaces and leaves no mount, under a private parent and a shared one" *
          doctest::skip(no_namespaces() || no_root())) {
  const auto directory = system::TempDir::create("/tmp", "kpkg-chroot-");
  system::SystemRunner runner;
  for (const std::string propagation : {"private", "shared"}) {
    const auto place = directory->path() + "/" + propagation;
    REQUIRE(system::make_directories(place).has_value());

    const auto outcome = runner.run(a_shell(running_in_chroot(place, propagation)));

    CHECK_MESSAGE(outcome->succeeded(), outcome->output);
    CHECK(outcome->output.find("mounts left: 0\n") != std::string::npos);
  }
}

TEST_SUITE_END();
