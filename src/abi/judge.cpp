// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"

#include "abi/finding_texts.hpp"
#include "abi/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace kpkg::abi {

void add(std::vector<Finding>& findings, const Case& judged, FindingId id, Severity severity, About about) {
  findings.push_back(make_finding(id, severity,
                                  {.module = judged.module.name,
                                   .release = judged.kernel.release,
                                   .symbol = std::move(about.symbol),
                                   .module_value = std::move(about.module_value),
                                   .kernel_value = std::move(about.kernel_value),
                                   .detail = std::move(about.detail)}));
}

Severity unless_waived(std::optional<bool> waives, Severity waived) {
  if (!waives) return Severity::unknown;
  return *waives ? waived : Severity::refusal;
}

Severity severity_of_missing_version(const Case& judged) {
  if (uses_extended_versions(judged)) return Severity::note;
  const auto refuses = judged.loader.refuses_missing_version;
  if (!refuses) return Severity::unknown;
  return *refuses ? Severity::refusal : Severity::note;
}

bool uses_extended_versions(const Case& judged) {
  return judged.module.has_extended_versions && judged.loader.reads_extended_versions.value_or(false);
}

bool has_usable_versions(const Case& judged) {
  return judged.module.has_versions || uses_extended_versions(judged);
}

std::optional<std::string> common_text_of_damage(const Case& judged) {
  if (!judged.loader.validates_elf.value_or(true)) return "";
  if (judged.loader.names_elf_defects.value_or(true)) return std::nullopt;
  return "Module has invalid ELF structures";
}

std::string text_of_filled(const Case& judged, const FilledTarget& target) {
  const bool is_old = !judged.loader.demands_single_sections.value_or(true);
  const bool says_where = judged.loader.names_relocations.value_or(false);
  return fmt::format("module: x86/modules: {} relocation target, existing value is nonzero for {}type {}",
                     is_old ? "Skipping invalid" : "Invalid",
                     says_where ? fmt::format("sec {}, idx {}, ", target.section, target.relocation) : "",
                     target.type);
}

std::string crc_text(std::uint64_t crc) {
  return fmt::format("{:#010x}", crc);
}

bool is_of_symbols(FindingId id) {
  return id >= FindingId::symbol_unknown && id <= FindingId::namespace_not_imported;
}

namespace {

/// The error of the first step that fails. The findings are in the kernel's order of execution.
std::string errno_met(const std::vector<Finding>& findings, const SymbolOutcome& symbols) {
  const auto first = std::find_if(findings.begin(), findings.end(),
                                  [](const Finding& each) { return each.severity == Severity::refusal; });
  if (first == findings.end()) return {};
  return is_of_symbols(first->id) && !symbols.errno_name.empty() ? symbols.errno_name : first->errno_name;
}

SymbolOutcome judge_contents(const Case& judged, std::vector<Finding>& findings) {
  judge_identity(judged, findings);
  judge_sections(judged, findings);
  judge_versions(judged, findings);
  auto symbols = judge_symbols(judged, findings);
  add_symbol_defects(judged, symbols);
  judge_relocations(judged, findings);
  judge_types(judged, findings);
  return symbols;
}

/// The module as a kernel sees it that does not find its .modinfo.
Fingerprint without_modinfo(Fingerprint module) {
  module.vermagic.reset();
  module.license.reset();
  module.import_namespaces.clear();
  module.intree = false;
  module.shape.hides_modinfo = false;
  module.shape.is_staging = module.shape.is_test = module.shape.is_livepatch = false;
  return module;
}

}  // namespace

Verdict judge(const Fingerprint& module, const KernelFacts& kernel, const Company& company) {
  const Case judged{.module = module, .kernel = kernel, .company = company};
  if (module.shape.hides_modinfo && !judged.loader.demands_single_sections.value_or(true))
    return judge(without_modinfo(module), kernel, company);
  Verdict verdict{.module = module.name,
                  .digest = module.digest,
                  .release = kernel.release,
                  .decision = Decision::unknown,
                  .errno_name = {},
                  .taints = {},
                  .findings = {}};
  SymbolOutcome symbols;
  judge_gates(judged, verdict.findings);
  judge_signature(judged, verdict.findings);
  judge_machine(judged, verdict.findings);
  judge_defects(judged, verdict.findings);
  const bool has_machine = module.shape.is_readable || module.architecture.machine != 0;
  if (has_machine) judge_architecture(judged, verdict.findings);
  // Of a file that cannot be read no more is known; to call each thing in it missing would be noise.
  if (module.shape.is_readable) symbols = judge_contents(judged, verdict.findings);
  std::sort(verdict.findings.begin(), verdict.findings.end(), [](const Finding& left, const Finding& right) {
    return std::tie(left.id, left.symbol, left.kernel_value) <
           std::tie(right.id, right.symbol, right.kernel_value);
  });
  const auto last = std::unique(verdict.findings.begin(), verdict.findings.end());
  verdict.findings.erase(last, verdict.findings.end());
  verdict.decision = decide(verdict.findings);
  verdict.errno_name = errno_met(verdict.findings, symbols);
  verdict.taints = taints_of(judged, verdict.findings);
  return verdict;
}

}  // namespace kpkg::abi
