// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/error_rules.hpp"

#include <algorithm>
#include <array>

namespace kpkg::build {
namespace {

using Kind = BuildErrorKind;

constexpr std::string_view free_space = "free some space and build again";
constexpr std::string_view give_memory =
    "close programs, add swap, or build with fewer jobs (-j 1) and try again";
constexpr std::string_view repair_tree = "install the kernel's header package again, or see kpkg kernel show";
constexpr std::string_view native_tree = "install the header package of this machine's architecture";
constexpr std::string_view own_kernel =
    "the build asks for the running kernel; give it KERNELDIR=${tree} in a step of the recipe";
constexpr std::string_view no_downloads = "a build has no network; list what it needs as a [[source]]";
constexpr std::string_view other_symbols =
    "the kernel or another recipe must export it: see kpkg kernel show, or add the recipe to depends";
constexpr std::string_view newer_module =
    "the source does not fit this kernel; look for a newer version or a patch";

/// Order matters: what is rarer and more telling comes first.
constexpr std::array<ErrorRule, 36> rules = {{
    {"No space left on device", "", Kind::no_space, free_space},
    {"Disk quota exceeded", "", Kind::no_space, free_space},
    {"Killed signal terminated program", "", Kind::out_of_memory, give_memory},
    {"internal compiler error: Killed", "", Kind::out_of_memory, give_memory},
    {"virtual memory exhausted", "", Kind::out_of_memory, give_memory},
    {"out of memory allocating", "", Kind::out_of_memory, give_memory},
    {"unable to execute command: Killed", "", Kind::out_of_memory, give_memory},
    {" Killed ", "cc", Kind::out_of_memory, give_memory},
    {"Exec format error", "", Kind::foreign_tools, native_tree},
    {"ERROR: Kernel configuration is invalid", "", Kind::tree_not_configured, repair_tree},
    {"include/generated/autoconf.h or include/config/auto.conf are missing", "", Kind::tree_not_configured,
     repair_tree},
    {"scripts/basic/fixdep: not found", "", Kind::tree_not_configured, repair_tree},
    {"scripts/basic/fixdep: No such file", "", Kind::tree_not_configured, repair_tree},
    {"scripts/mod/modpost: not found", "", Kind::tree_not_configured, repair_tree},
    {"scripts/mod/modpost: No such file", "", Kind::tree_not_configured, repair_tree},
    {"Symbol version dump ", " is missing", Kind::missing_symvers, repair_tree},
    {" undefined!", "ERROR: ", Kind::undefined_symbol, other_symbols},
    {"ERROR: modpost: ", "GPL-only symbol", Kind::undefined_symbol,
     "the kernel allows this symbol only to modules under the GPL"},
    {"ERROR: modpost: ", "", Kind::other, ""},
    {"Could not resolve host", "", Kind::no_network, no_downloads},
    {"unable to resolve host address", "", Kind::no_network, no_downloads},
    {"name resolution", "ailure", Kind::no_network, no_downloads},
    {"Network is unreachable", "", Kind::no_network, no_downloads},
    {"No rule to make target", "", Kind::missing_rule,
     "a file is missing: is the source complete, and `directory` in [build] right?"},
    {"*** /lib/modules/", "No such file or directory", Kind::wrong_kernel, own_kernel},
    {"*** /usr/src/", "No such file or directory", Kind::wrong_kernel, own_kernel},
    {"fatal error: ", "No such file or directory", Kind::missing_header, newer_module},
    {"fatal error: ", "file not found", Kind::missing_header, newer_module},
    {": command not found", "", Kind::missing_program, "install the program and list its package in `needs`"},
    {": not found", "sh: ", Kind::missing_program, "install the program and list its package in `needs`"},
    {"make", ": No such file or directory", Kind::missing_program,
     "install the program and list its package in `needs`"},
    {": Permission denied", "", Kind::other, "a build may write only its own directory, and read no secrets"},
    {"undefined reference to", "", Kind::compile, ""},
    {"configure: error: ", "", Kind::other, ""},
    {"unrecognized command", "option", Kind::compile, "install the compiler that built the kernel"},
    {"implicit declaration of function", "", Kind::compile, newer_module},
}};

/// Parts that name no failure by themselves, so a line needs more than them to be an error.
bool is_weak(const ErrorRule& rule) {
  return rule.part == "unrecognized command" || rule.part == "implicit declaration of function";
}

bool fits(const ErrorRule& rule, std::string_view line) {
  const auto has = [&](std::string_view part) { return line.find(part) != std::string_view::npos; };
  if (rule.part == "make")
    return line.starts_with("make") && has("]: ") && has(rule.another) && !has(" *** ");
  return has(rule.part) && has(rule.another);
}

}  // namespace

const ErrorRule* rule_for(std::string_view line) {
  const auto* rule = std::find_if(rules.begin(), rules.end(), [&](const auto& candidate) {
    return !is_weak(candidate) && fits(candidate, line);
  });
  return rule == rules.end() ? nullptr : rule;
}

BuildError explained(BuildError error, std::string_view line) {
  const auto* rule =
      std::find_if(rules.begin(), rules.end(), [&](const auto& candidate) { return fits(candidate, line); });
  if (rule == rules.end()) return error;
  error.kind = rule->kind;
  error.remedy = rule->remedy;
  return error;
}

}  // namespace kpkg::build
