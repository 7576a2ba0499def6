// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"
#include "abi/vermagic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

/// Whether x86 notices that a pointer of struct module lies elsewhere, in bytes from where the kernel has it.
/// It refuses to relocate what is not zero, and the kernel has filled the fields beside these two by then:
/// the memory of the module behind init, the lists of users before exit and the reference count behind it.
/// Other machines never notice. Source: linux include/linux/module.h; booted kernels 6.1 and 6.12, amd64 and
/// arm64, in trees with BPF_EVENTS=n, JUMP_LABEL=n, LIVEPATCH=n, KUNIT=y, DEBUG_MUTEXES=y.
bool meets_filled_field(const Case& judged, FindingId id, std::uint64_t module, std::uint64_t kernel) {
  constexpr std::uint16_t x86_64 = 62;
  if (judged.module.architecture.machine != x86_64) return false;
  if (id == FindingId::layout_init_offset_differs) {
    // The memory of the module begins with the next cache line; before it there may be nothing.
    const std::uint64_t memory = (kernel + 8 + 63) / 64 * 64;
    return module >= memory && module < memory + 32;
  }
  const auto distance = static_cast<std::int64_t>(module - kernel);
  return (distance >= -32 && distance < 0) || distance == 8;
}

/// A field of struct module that lies elsewhere. No kernel compares it.
void judge_offset(const Case& judged, FindingId id, std::optional<std::uint64_t> module,
                  std::optional<std::uint64_t> kernel, std::vector<Finding>& findings) {
  if (!module || !kernel || *module == *kernel) return;
  const bool is_seen = meets_filled_field(judged, id, *module, *kernel);
  add(findings, judged, id, is_seen ? Severity::refusal : Severity::broken,
      {.module_value = fmt::format("{:#x}", *module), .kernel_value = fmt::format("{:#x}", *kernel)});
  if (!is_seen) return;
  // Which relocation it is was not kept; its type is R_X86_64_64.
  auto text = text_of_filled(judged, {.type = "1", .section = "…", .relocation = "…"});
  findings.back().kernel_says = std::move(text);
}

/// Compared since 6.4; older kernels load the module and then read past the end of a smaller one.
Severity severity_of_wrong_size(const Case& judged) {
  return judged.loader.checks_layout_size.value_or(true) ? Severity::refusal : Severity::broken;
}

/// Whether there is one, though the kernel does not take it for loaded; that is a finding of its own.
bool has_this_module(const Case& judged) {
  const auto& defects = judged.module.shape.defects;
  return std::any_of(defects.begin(), defects.end(), [](const elf::Defect& each) {
    return each.id == elf::DefectId::this_module_without_memory;
  });
}

void judge_layout(const Case& judged, std::vector<Finding>& findings) {
  const auto& module = judged.module.layout;
  const auto& kernel = judged.kernel.layout;
  if (!module) {
    if (has_this_module(judged)) return;
    add(findings, judged, FindingId::this_module_missing, Severity::refusal);
    if (!judged.loader.demands_single_sections.value_or(true))
      findings.back().kernel_says = judged.module.name + ": No module found in object";
    else if (judged.module.name.empty())
      findings.back().kernel_says =
          "module (missing .modinfo section or name field): Exactly one .gnu.linkonce.this_module section "
          "must exist.";
    return;
  }
  if (!kernel) return add(findings, judged, FindingId::layout_unchecked, Severity::unknown);
  if (module->size != kernel->size) {
    add(findings, judged, FindingId::layout_size_differs, severity_of_wrong_size(judged),
        {.module_value = fmt::format("{}", module->size), .kernel_value = fmt::format("{}", kernel->size)});
  }
  judge_offset(judged, FindingId::layout_init_offset_differs, module->init_offset, kernel->init_offset,
               findings);
  judge_offset(judged, FindingId::layout_exit_offset_differs, module->exit_offset, kernel->exit_offset,
               findings);
}

/// The kernel skips the release if both sides have symbol versions; the extended ones alone do not count
/// here.
FirstWord first_word_of(const Case& judged) {
  const bool skips = judged.module.has_versions && has_modversions(judged.kernel).value_or(false);
  return skips ? FirstWord::skipped : FirstWord::compared;
}

void judge_vermagic(const Case& judged, std::vector<Finding>& findings) {
  const auto& module = judged.module.vermagic;
  const auto& kernel = judged.kernel.vermagic;
  if (!module) {
    return add(findings, judged, FindingId::no_vermagic,
               unless_waived(judged.loader.force_load, Severity::forced));
  }
  if (!kernel) return add(findings, judged, FindingId::vermagic_unchecked, Severity::unknown);
  const FirstWord first_word = first_word_of(judged);
  if (is_same_vermagic(*module, *kernel, first_word)) return;
  std::string cause = vermagic_difference(*module, *kernel, first_word);
  if (only_release_differs(*module, *kernel)) {
    cause +=
        "; nothing else differs: the module's Makefile asked `uname -r`, or the tree is another kernel's";
  }
  add(findings, judged, FindingId::vermagic_differs, Severity::refusal,
      {.module_value = *module, .kernel_value = *kernel, .detail = std::move(cause)});
}

void judge_license(const Case& judged, std::vector<Finding>& findings) {
  if (is_gpl_compatible(judged.module)) return;
  add(findings, judged, FindingId::license_taints, Severity::taint,
      {.module_value = judged.module.license.value_or("unspecified")});
}

}  // namespace

void judge_architecture(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.kernel.architecture) {
    return add(findings, judged, FindingId::architecture_unchecked, Severity::unknown);
  }
  const elf::Architecture& module = judged.module.architecture;
  const elf::Architecture& kernel = *judged.kernel.architecture;
  if (module.machine != kernel.machine) {
    add(findings, judged, FindingId::machine_differs, Severity::refusal,
        {.module_value = elf::machine_name(module.machine),
         .kernel_value = elf::machine_name(kernel.machine),
         .detail = fmt::format("{}", module.machine)});
    if (auto text = common_text_of_damage(judged)) findings.back().kernel_says = std::move(*text);
  }
  // Kernels of most machines do not look at the class; but an object that truly has the other one has headers
  // of another size.
  if (module.elf_class != kernel.elf_class) {
    add(findings, judged, FindingId::class_differs, Severity::refusal,
        {.module_value = name_of(module.elf_class), .kernel_value = name_of(kernel.elf_class)});
    constexpr std::uint16_t s390 = 22;  // its kernels do look
    if (kernel.machine == s390)
      findings.back().kernel_says = fmt::format("Invalid architecture in ELF header: {}", module.machine);
  }
  if (module.byte_order != kernel.byte_order) {
    add(findings, judged, FindingId::byte_order_differs, Severity::refusal,
        {.module_value = name_of(module.byte_order), .kernel_value = name_of(kernel.byte_order)});
  }
}

// Source: linux include/linux/license.h; the comparison is exact, blanks included.
bool is_gpl_compatible(const Fingerprint& module) {
  constexpr std::array<std::string_view, 6> compatible{
      "GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};
  if (!module.license) return false;
  // Two modules that kernels do not believe, by the name in struct module.
  // Source: linux kernel/module, module_license_offenders.
  const std::string& name = module.shape.inner_name.empty() ? module.name : module.shape.inner_name;
  if (name == "driverloader" || name == "lve") return false;
  return std::find(compatible.begin(), compatible.end(), *module.license) != compatible.end();
}

void judge_identity(const Case& judged, std::vector<Finding>& findings) {
  judge_layout(judged, findings);
  judge_vermagic(judged, findings);
  judge_license(judged, findings);
}

}  // namespace kpkg::abi
