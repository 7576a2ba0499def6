// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::abi {
namespace {

bool has(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// What the kernel says of a machine's section that is missing; of ftrace's it says nothing.
/// Source: linux arch/{arm,arm64,riscv}/kernel/module*.c.
std::string_view name_of_table(std::string_view section) {
  if (section == ".got") return "GOT";
  if (section == ".got.plt") return "GOT.PLT";
  return "PLT";
}

void judge_required(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.loader.required_sections) return;
  for (const std::string& section : *judged.loader.required_sections) {
    if (has(judged.module.shape.arch_sections, section)) continue;
    const bool is_silent = section.ends_with("ftrace_trampoline");
    add(findings, judged, is_silent ? FindingId::trampoline_section_missing : FindingId::plt_section_missing,
        Severity::refusal, {.kernel_value = section, .detail = std::string(name_of_table(section))});
  }
}

/// Whether the kernel is for more than one processor; where there is one, its variables are ordinary ones.
bool is_for_many_processors(const Case& judged) {
  return judged.kernel.vermagic.value_or(" SMP ").find(" SMP ") != std::string::npos;
}

/// The chunk that is set apart for the variables of modules; what else is in it is not known from files.
/// Source: linux include/linux/percpu.h, PERCPU_MODULE_RESERVE; kernel/module, percpu_modalloc().
void judge_per_cpu(const Case& judged, std::vector<Finding>& findings) {
  constexpr std::uint64_t reserved = 8192;
  const auto size = judged.module.shape.per_cpu_size;
  if (size <= reserved || !is_for_many_processors(judged)) return;
  add(findings, judged, FindingId::per_cpu_too_large, Severity::refusal,
      {.module_value = fmt::format("{}", size), .kernel_value = fmt::format("{}", reserved)});
}

/// Since 7.1 one table holds all exports and a byte for each says who may use it.
/// Source: linux kernel/module/main.c, check_export_symbol_sections.
void judge_export_tables(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.loader.demands_export_flags.value_or(false)) return;
  const auto& tables = judged.module.shape.export_tables;
  if (has(tables, "__ksymtab") && !judged.module.has_export_flags)
    add(findings, judged, FindingId::exports_without_flags, Severity::refusal);
  for (const std::string& table : tables) {
    if (table != "__ksymtab")
      add(findings, judged, FindingId::exports_ignored, Severity::note, {.detail = table});
  }
}

void judge_livepatch(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.module.shape.is_livepatch) return;
  const auto has_livepatch = judged.loader.has_livepatch;
  if (!has_livepatch) return add(findings, judged, FindingId::livepatch, Severity::unknown);
  add(findings, judged, FindingId::livepatch, *has_livepatch ? Severity::taint : Severity::refusal);
}

void judge_marks(const Case& judged, std::vector<Finding>& findings) {
  if (judged.module.shape.is_staging) add(findings, judged, FindingId::staging_taints, Severity::taint);
  if (judged.module.shape.is_test && judged.loader.marks_tests.value_or(true))
    add(findings, judged, FindingId::test_taints, Severity::taint);
}

/// The kernel keeps two names and uses either: tools that look for one do not find the other.
void judge_names(const Case& judged, std::vector<Finding>& findings) {
  const bool is_randomised = judged.module.vermagic.value_or("").find("RANDSTRUCT") != std::string::npos;
  if (judged.module.shape.is_nameless && !is_randomised)
    return add(findings, judged, FindingId::name_empty, Severity::refusal);
  const std::string& inner = judged.module.shape.inner_name;
  if (inner.empty() || inner == judged.module.name) return;
  add(findings, judged, FindingId::names_differ, Severity::note,
      {.module_value = judged.module.name, .detail = inner});
}

}  // namespace

void judge_sections(const Case& judged, std::vector<Finding>& findings) {
  judge_names(judged, findings);
  judge_livepatch(judged, findings);
  judge_required(judged, findings);
  judge_per_cpu(judged, findings);
  judge_export_tables(judged, findings);
  judge_marks(judged, findings);
}

std::string taints_of(const Case& judged, const std::vector<Finding>& findings) {
  const auto found = [&](FindingId id, Severity severity) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& each) { return each.id == id && each.severity == severity; });
  };
  const bool is_forced = std::any_of(findings.begin(), findings.end(),
                                     [](const Finding& each) { return each.severity == Severity::forced; });
  std::string taints;
  if (found(FindingId::license_taints, Severity::taint) ||
      found(FindingId::proprietary_inherited, Severity::taint))
    taints += 'P';
  if (is_forced) taints += 'F';
  if (judged.module.shape.is_staging) taints += 'C';
  if (!judged.module.intree) taints += 'O';
  if (found(FindingId::livepatch, Severity::taint)) taints += 'K';
  if (found(FindingId::test_taints, Severity::taint)) taints += 'N';
  return taints;
}

}  // namespace kpkg::abi
