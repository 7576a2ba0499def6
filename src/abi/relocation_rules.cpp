// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"
#include "base/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace kpkg::abi {
namespace {

using elf::RelocationTarget;

/// A run of relocation types, and since which release the kernels of a machine apply them.
struct Types {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view since = "";
};

// Source: linux arch/*/kernel/module.c of 4.9 to 7.3, apply_relocate and apply_relocate_add. The numbers are
// those of the processor supplements of the ELF specification.
constexpr std::array x86_64{Types{0, 2}, Types{4, 4}, Types{10, 11}, Types{24, 24, "4.20"}};
constexpr std::array arm64{Types{0, 0},     Types{256, 256}, Types{257, 262}, Types{263, 277},
                           Types{278, 278}, Types{279, 280}, Types{282, 283}, Types{284, 286},
                           Types{287, 293}, Types{299, 299}};
constexpr std::array arm{
    Types{0, 2},           Types{28, 29},         Types{38, 38},        Types{40, 40},       Types{42, 44},
    Types{3, 3, "5.15"},   Types{45, 46, "5.15"}, Types{10, 10},        Types{30, 30},       Types{47, 48},
    Types{49, 50, "5.15"}, Types{57, 57, "6.1"},  Types{59, 59, "6.1"}, Types{63, 63, "6.1"}};
constexpr std::array riscv{Types{0, 2},           Types{16, 20},         Types{23, 28},
                           Types{35, 35},         Types{36, 36, "5.10"}, Types{39, 39},
                           Types{40, 40, "5.10"}, Types{44, 45},         Types{51, 51},
                           Types{34, 34, "6.6"},  Types{38, 38, "6.6"},  Types{33, 33, "6.7"},
                           Types{37, 37, "6.7"},  Types{52, 57, "6.7"},  Types{59, 61, "6.7"}};
// Those that only a dynamic linker applies (9 to 12) and those for variables of threads (37 to 56) are
// refused.
constexpr std::array s390{Types{0, 8}, Types{13, 36}, Types{57, 59}};

struct Machine {
  std::uint16_t machine;
  std::span<const Types> types;
};
constexpr std::uint16_t machine_s390 = 22;
constexpr std::uint16_t machine_arm = 40;
constexpr std::uint16_t machine_x86_64 = 62;
constexpr std::uint16_t machine_arm64 = 183;
constexpr std::uint16_t machine_riscv = 243;
constexpr std::array machines{Machine{machine_x86_64, x86_64}, Machine{machine_arm64, arm64},
                              Machine{machine_arm, arm}, Machine{machine_riscv, riscv},
                              Machine{machine_s390, s390}};

/// Types that only kernels in Thumb-2 apply; their vermagic says that they are.
bool is_thumb(std::uint32_t type) {
  return type == 10 || type == 30 || (type >= 47 && type <= 50);
}

const Machine* machine_of(const Case& judged) {
  const auto found = std::find_if(machines.begin(), machines.end(), [&](const Machine& each) {
    return each.machine == judged.module.architecture.machine;
  });
  return found == machines.end() ? nullptr : &*found;
}

bool is_supported(const Case& judged, const Machine& machine, std::uint32_t type) {
  const auto& release = judged.kernel.release;
  const bool is_arm = machine.machine == machine_arm;
  if (is_arm && is_thumb(type) &&
      judged.kernel.vermagic.value_or("thumb2").find("thumb2") == std::string::npos)
    return false;
  return std::any_of(machine.types.begin(), machine.types.end(), [&](const Types& each) {
    if (type < each.first || type > each.last) return false;
    return each.since.empty() || release.empty() || compare_versions(release, each.since) >= 0;
  });
}

/// Modules of s390 lie far above 4 GiB, kernels above 1 MiB. What is not of 64 bits reaches 4 GiB at most; a
/// call goes through a table in the module where that is not enough. Kernels up to 6.9 lie below 4 GiB, so 32
/// bits may do for a symbol of theirs. Source: linux arch/s390/kernel/module.c and boot/startup.c.
bool overflows_on_s390(const elf::RelocationUse& use) {
  constexpr std::array<std::uint32_t, 7> wide{22, 23, 24, 25, 28, 32, 36};
  constexpr std::array<std::uint32_t, 4> below_1_mib{1, 2, 3, 57};  // R_390_8, 12, 16, 20
  constexpr std::uint32_t direct_32 = 4;
  const auto is_of = [&](const auto& types) {
    return std::find(types.begin(), types.end(), use.type) != types.end();
  };
  switch (use.target) {
    case RelocationTarget::far: return !is_of(wide);
    case RelocationTarget::defined: return use.type == direct_32 || is_of(below_1_mib);
    case RelocationTarget::undefined: return is_of(below_1_mib);
    case RelocationTarget::absolute:
    case RelocationTarget::per_cpu:
    case RelocationTarget::weak: return false;
  }
  return false;
}

bool is_address(const elf::RelocationUse& use) {
  return use.target == RelocationTarget::defined || use.target == RelocationTarget::undefined;
}

/// Whether it depends on where the module comes to lie if a value of 32 bits fits: that is so for the kernels
/// of x86-64 that lie low.
bool may_overflow(const Case& judged, const elf::RelocationUse& use) {
  const bool is_narrow = use.type == 10 || use.type == 11;  // R_X86_64_32, R_X86_64_32S
  return judged.loader.lies_low.value_or(false) && judged.module.architecture.machine == machine_x86_64 &&
         is_narrow && is_address(use);
}

/// Whether the value cannot fit, wherever the module comes to lie: kernels and modules are in the upper half
/// of the addresses.
bool overflows(std::uint16_t machine, const elf::RelocationUse& use) {
  if (machine == machine_x86_64)  // R_X86_64_32
    return use.type == 10 && (is_address(use) || use.target == RelocationTarget::far);
  if (machine == machine_s390) return overflows_on_s390(use);
  if (machine != machine_arm64) return false;
  const bool is_narrow = use.type == 258 || use.type == 259;  // R_AARCH64_ABS32, ABS16
  const bool is_near = use.type == 279 || use.type == 280;    // TSTBR14, CONDBR19: 32 KiB, 1 MiB
  // The distance from a module to a small number is more than the 4 GiB of an ADRP or a word.
  const bool is_distance = use.type == 261 || (use.type >= 273 && use.type <= 275);
  if (is_distance && use.target == RelocationTarget::absolute) return true;
  return (is_narrow && is_address(use)) || (is_near && use.target == RelocationTarget::undefined);
}

void report_unknown(const Case& judged, const elf::RelocationUse& use, std::vector<Finding>& findings) {
  const auto type = fmt::format("{}", use.type);
  add(findings, judged, FindingId::relocation_type_unknown, Severity::refusal,
      {.module_value = type, .detail = use.section});
  const auto& name = judged.module.name;
  switch (judged.module.architecture.machine) {
    case machine_arm64:
      findings.back().kernel_says = fmt::format("module {}: unsupported RELA relocation: {}", name, type);
      break;
    case machine_arm:
      findings.back().kernel_says = fmt::format("{}: unknown relocation: {}", name, type);
      break;
    case machine_s390: {
      const bool is_silent = use.type >= 9 && use.type <= 12;
      findings.back().kernel_says =
          is_silent ? std::string() : fmt::format("module {}: unknown relocation: {}", name, type);
      break;
    }
    case machine_riscv:
      findings.back().kernel_says = fmt::format("{}: Unknown relocation type {}", name, type);
      findings.back().errno_name = "EINVAL";
      break;
    default: break;
  }
}

}  // namespace

void judge_relocations(const Case& judged, std::vector<Finding>& findings) {
  const Machine* const machine = machine_of(judged);
  if (machine == nullptr) return;
  for (const elf::RelocationUse& use : judged.module.shape.relocations) {
    if (!is_supported(judged, *machine, use.type)) {
      report_unknown(judged, use, findings);
    } else if (const bool is_open = may_overflow(judged, use); is_open || overflows(machine->machine, use)) {
      add(findings, judged, FindingId::relocation_overflows, is_open ? Severity::unknown : Severity::refusal,
          {.module_value = fmt::format("{}", use.type), .detail = use.section});
      if (machine->machine == machine_s390)
        findings.back().kernel_says =
            fmt::format("module {}: relocation error for symbol", judged.module.name);
    }
  }
}

}  // namespace kpkg::abi
