// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;
using abi::Severity;

namespace {

abi::Verdict verdict_of(const ModuleBuilder& module, const abi::Gates& gates) {
  auto kernel = a_kernel().facts();
  kernel.gates = gates;
  return abi::judge(module.fingerprint(), kernel, {});
}

abi::Verdict booted_with(std::string_view line, const ModuleBuilder& module = a_module()) {
  return verdict_of(module, abi::gates_of_command_line(line, {}));
}

}  // namespace

TEST_CASE("a kernel that takes no modules any more refuses without a word") {
  const auto verdict = booted_with("quiet nomodule");

  CHECK(verdict.decision == Decision::refused);
  CHECK(ids_of(verdict) == std::vector{FindingId::modules_disabled});
  CHECK(verdict.findings.at(0).errno_name == "EPERM");
  CHECK(verdict.findings.at(0).kernel_says.empty());
}

TEST_CASE("the kernel's blacklist compares names as they are written") {
  CHECK(ids_of(booted_with("module_blacklist=foo,sample ro")) == std::vector{FindingId::module_blacklisted});
  CHECK(booted_with("module_blacklist=sam-ple", a_module().named("sam_ple")).findings.empty());
  CHECK(booted_with("module_blacklist=sample2").findings.empty());
}

TEST_CASE("the last blacklist of a command line counts, and nothing behind two dashes") {
  CHECK(booted_with("module_blacklist=sample module_blacklist=foo").findings.empty());
  CHECK(booted_with("quiet -- nomodule module_blacklist=sample").findings.empty());
}

TEST_CASE("a switch may have a value, be spelt with dashes, and stand in quotes") {
  CHECK(abi::gates_of_command_line("module.sig-enforce=1", {}).enforces_signatures == true);
  CHECK(abi::gates_of_command_line("module.sig_enforce=Y", {}).enforces_signatures == true);
  CHECK(abi::gates_of_command_line("module.sig_enforce=0", {}).enforces_signatures == false);
  CHECK(abi::gates_of_command_line("\"module_blacklist=a,b\"", {}).boot_blacklist ==
        std::vector<std::string>{"a", "b"});
  CHECK(abi::gates_of_command_line("dyndbg=\"file a nomodule\"", {}).modules_disabled == false);
  CHECK(abi::gates_of_command_line("nomodule=0", {}).modules_disabled == false);
}

TEST_CASE("a lockdown needs a kernel that has one") {
  CHECK(abi::gates_of_command_line("lockdown=integrity", {.can_lock_down = false}).is_locked_down == false);
  CHECK(abi::gates_of_command_line("lockdown=integrity", {.can_lock_down = true}).is_locked_down == true);
  CHECK(abi::gates_of_command_line("lockdown=none", {}).is_locked_down == false);
}

TEST_CASE("what only modprobe obeys is a note that names the file") {
  const auto blacklisted =
      verdict_of(a_module(), {.modprobe_lines = {{"sample", "", "/etc/modprobe.d/a.conf"}}});
  const auto replaced =
      verdict_of(a_module(), {.modprobe_lines = {{"sample", "/bin/false", "/etc/modprobe.d/b.conf"}}});

  CHECK(blacklisted.decision == Decision::loads);
  CHECK(ids_of(blacklisted) == std::vector{FindingId::modprobe_blacklists});
  CHECK(blacklisted.findings.at(0).cause.starts_with("/etc/modprobe.d/a.conf keeps"));
  CHECK(replaced.decision == Decision::loads);
  CHECK(replaced.findings.at(0).kernel_value == "/bin/false");
}

TEST_CASE("a driver of the same name in the image is in the way if it has a directory in /sys/module") {
  const auto decision_with = [](std::optional<bool> has_directory) {
    return verdict_of(a_module(), {.built_in = {{"other", true}, {"sample", has_directory}}}).decision;
  };

  CHECK(decision_with(true) == Decision::refused);
  CHECK(decision_with(false) == Decision::loads);
  CHECK(decision_with(std::nullopt) == Decision::unknown);
}

TEST_CASE(
    "a driver in the image whose parameters are shown is in the way, one whose parameters are hidden is "
    "not") {
  auto kernel = a_kernel().facts();
  kernel.owners_of_parameters = std::vector<std::string>{"rcutree", "sample"};
  kernel.gates.built_in = {{"other", std::nullopt}};

  CHECK(abi::judge(a_module().fingerprint(), kernel, {}).errno_name == "EINVAL");
  CHECK(abi::judge(a_module().named("rcutree").fingerprint(), kernel, {}).decision == Decision::refused);
  CHECK(abi::judge(a_module().named("other").fingerprint(), kernel, {}).decision == Decision::loads);
}
