// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox_world.hpp"

#include "system/file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace kpkg::test {

using system::Command;
using system::Sandbox;
using system::SandboxMeans;
using system::SandboxStrength;
using system::SandboxView;

namespace {

// A function, because doctest asks before the objects of this file are made.
std::vector<SandboxMeans> of_namespaces() {
  return {SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot};
}

bool lacks(SandboxStrength strength, std::vector<SandboxMeans> unavailable) {
  system::SystemRunner runner;
  const auto sandbox = Sandbox::choose(runner, {.helper = "", .unavailable = std::move(unavailable)});
  if (sandbox && sandbox->strength() == strength) return false;
  std::fprintf(stderr, "skipped: no sandbox of strength %s here\n", name_of(strength).data());
  return true;
}

}  // namespace

std::vector<SandboxMeans> all_means() {
  auto means = of_namespaces();
  means.push_back(SandboxMeans::landlock);
  return means;
}

Sandbox a_sandbox(std::vector<SandboxMeans> unavailable) {
  system::SystemRunner runner;
  auto sandbox = Sandbox::choose(runner, {.helper = "", .unavailable = std::move(unavailable)});
  REQUIRE_MESSAGE(sandbox.has_value(), (sandbox ? "" : sandbox.error().text()));
  return std::move(*sandbox);
}

Sandbox a_landlock_sandbox() {
  return a_sandbox(of_namespaces());
}

bool no_namespaces() {
  static const bool lacking = lacks(SandboxStrength::namespaces, {});
  return lacking;
}

bool no_landlock() {
  static const bool lacking = lacks(SandboxStrength::landlock, of_namespaces());
  return lacking;
}

bool no_root() {
  return ::geteuid() != 0;
}

Workshop a_workshop(const Sandbox& sandbox, const std::string& name) {
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

}  // namespace kpkg::test
