// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/drift.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

constexpr std::size_t most_named = 8;

/// Options whose members stand in structs that every driver uses, by how they begin. What is forgotten here
/// is still seen by the gates, which compare the structs themselves.
constexpr std::array<std::string_view, 60> of_layout = {
    "CONFIG_SMP",
    "CONFIG_NR_CPUS",
    "CONFIG_NUMA",
    "CONFIG_PREEMPT",
    "CONFIG_HZ",
    "CONFIG_NO_HZ",
    "CONFIG_PM",
    "CONFIG_SUSPEND",
    "CONFIG_HIBERNATION",
    "CONFIG_MODULE_UNLOAD",
    "CONFIG_MODVERSIONS",
    "CONFIG_ASM_MODVERSIONS",
    "CONFIG_MODULE_ALLOW_BTF",
    "CONFIG_DEBUG_",
    "CONFIG_LOCKDEP",
    "CONFIG_LOCK_",
    "CONFIG_PROVE_",
    "CONFIG_TRACE",
    "CONFIG_TRACING",
    "CONFIG_TRACEPOINTS",
    "CONFIG_EVENT_TRACING",
    "CONFIG_FTRACE",
    "CONFIG_FUNCTION_",
    "CONFIG_DYNAMIC_FTRACE",
    "CONFIG_DYNAMIC_DEBUG",
    "CONFIG_KPROBES",
    "CONFIG_UPROBES",
    "CONFIG_KRETPROBES",
    "CONFIG_JUMP_LABEL",
    "CONFIG_STATIC_CALL",
    "CONFIG_HAVE_STATIC_CALL",
    "CONFIG_LIVEPATCH",
    "CONFIG_KALLSYMS",
    "CONFIG_GENERIC_BUG",
    "CONFIG_UNWINDER",
    "CONFIG_STACK_VALIDATION",
    "CONFIG_STACKPROTECTOR",
    "CONFIG_THREAD_INFO_IN_TASK",
    "CONFIG_RANDSTRUCT",
    "CONFIG_GCC_PLUGIN_RANDSTRUCT",
    "CONFIG_CFI",
    "CONFIG_LTO",
    "CONFIG_KASAN",
    "CONFIG_KCSAN",
    "CONFIG_KMSAN",
    "CONFIG_PAGE_",
    "CONFIG_MEMCG",
    "CONFIG_CGROUP",
    "CONFIG_BLK_CGROUP",
    "CONFIG_BPF",
    "CONFIG_CGROUP_BPF",
    "CONFIG_PERF_EVENTS",
    "CONFIG_AUDIT",
    "CONFIG_SECURITY",
    "CONFIG_NAMESPACES",
    "CONFIG_NET_NS",
    "CONFIG_SCHED",
    "CONFIG_FAIR_GROUP_SCHED",
    "CONFIG_MITIGATION",
    "CONFIG_RETPOLINE",
};

std::string names_of(const std::vector<kernel::OptionDifference>& options) {
  std::vector<std::string> told;
  for (const auto& option : options)
    if (told.size() < most_named) told.push_back(kernel::told(option));
  auto text = join(told, "; ");
  if (options.size() > most_named) text += fmt::format("; and {} more", options.size() - most_named);
  return text;
}

bool names_btf(const std::vector<kernel::OptionDifference>& options) {
  return std::any_of(options.begin(), options.end(),
                     [](const auto& option) { return option.key.find("_BTF") != std::string::npos; });
}

}  // namespace

bool lays_out_structs(std::string_view key) {
  // Whether the compiler writes debug information, and in which form, is in no struct; that modules have BTF
  // is in struct module.
  if (key.starts_with("CONFIG_DEBUG_INFO")) return key == "CONFIG_DEBUG_INFO_BTF_MODULES";
  return kernel::matters_to_modules(key) &&
         std::any_of(of_layout.begin(), of_layout.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

Drift drift_between(const kernel::Configuration& kernel, const kernel::Configuration& tree) {
  Drift drift;
  for (auto& difference : kernel::differences(kernel, tree)) {
    if (!kernel::matters_to_modules(difference.key))
      drift.of_tools.push_back(std::move(difference));
    else if (difference.left && lays_out_structs(difference.key))
      drift.of_layout.push_back(std::move(difference));
    else
      drift.others.push_back(std::move(difference));
  }
  return drift;
}

Status check_drift(const Drift& drift) {
  if (drift.of_layout.empty()) return {};
  return fail(ErrorKind::incompatible,
              fmt::format("the source does not take over {} of the kernel that structs depend on: {}",
                          counted(drift.of_layout.size(), "option"), names_of(drift.of_layout)),
              names_btf(drift.of_layout)
                  ? "these need pahole: apt-get install pahole"
                  : "use the source of exactly this kernel and the compiler that it was "
                    "built with");
}

}  // namespace kpkg::tree
