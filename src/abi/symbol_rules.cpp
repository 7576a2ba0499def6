// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/provider.hpp"
#include "abi/rules.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// Goes through the imports as the kernel does, in the order of the symbol table. That order decides twice:
/// which error the user meets (the last bad symbol's), and which symbols a module may still use once it has
/// inherited the taint of a proprietary provider.
/// Source: linux kernel/module, simplify_symbols and resolve_symbol.
class ImportStep {
 public:
  ImportStep(const Case& judged, std::vector<Finding>& findings)
      : judged_(judged), findings_(findings), is_proprietary_(!is_gpl_compatible(judged.module)) {}

  SymbolOutcome run();

 private:
  void judge(const Import& import);
  void judge_absence(const Import& import);
  bool may_have(const Import& import, const Provider& provider);
  void report_proprietary(FindingId id, Severity severity, About about);
  void judge_version(const Import& import, const Provider& provider);
  void judge_namespace(const Import& import, const Provider& provider);
  bool is_ignored(const Import& import) const;
  void report(FindingId id, Severity severity, About about) {
    add(findings_, judged_, id, severity, std::move(about));
  }

  const Case& judged_;
  std::vector<Finding>& findings_;
  bool is_proprietary_;
  bool has_inherited_ = false;
  bool uses_gpl_only_ = false;
  std::size_t unchecked_ = 0;
};

void ImportStep::judge_version(const Import& import, const Provider& provider) {
  const bool compares = has_modversions(judged_.kernel).value_or(false);
  if (!compares || !provider.crc || !has_usable_versions(judged_)) return;
  const bool extended = uses_extended_versions(judged_);
  const auto crc = extended ? import.extended_crc : import.crc;
  if (!crc) {
    return report(FindingId::crc_missing, severity_of_missing_version(judged_),
                  {.symbol = import.symbol,
                   .kernel_value = crc_text(*provider.crc),
                   .detail = extended ? "extended " : ""});
  }
  if (*crc == *provider.crc) return;
  report(FindingId::crc_differs, Severity::refusal,
         {.symbol = import.symbol,
          .module_value = crc_text(*crc),
          .kernel_value = crc_text(*provider.crc),
          .detail = provider.owner});
}

void ImportStep::judge_namespace(const Import& import, const Provider& provider) {
  if (may_use_namespace(judged_, provider.name_space)) return;
  report(FindingId::namespace_not_imported,
         unless_waived(judged_.loader.allows_missing_namespace, Severity::note),
         {.symbol = import.symbol, .kernel_value = provider.name_space});
}

/// What the kernel says of a symbol that it cannot give. A weak one is then 0, whatever the reason is.
void ImportStep::judge_absence(const Import& import) {
  if (is_ignored(import)) return;
  if (import.weak) return report(FindingId::weak_symbol_unknown, Severity::note, {.symbol = import.symbol});
  if (auto provider = refused_provider_of(judged_, import.symbol))
    return report(FindingId::provider_refused, Severity::refusal,
                  {.symbol = import.symbol, .detail = std::move(*provider)});
  const bool is_complete = judged_.kernel.symbols && judged_.kernel.symbols->is_complete;
  report(FindingId::symbol_unknown, is_complete ? Severity::refusal : Severity::unknown,
         {.symbol = import.symbol});
}

/// 5.10 does not say which symbol it was.
void ImportStep::report_proprietary(FindingId id, Severity severity, About about) {
  const auto symbol = about.symbol;
  report(id, severity, std::move(about));
  if (judged_.loader.names_inherited_symbols.value_or(true)) return;
  auto& text = findings_.back().kernel_says;
  text.erase(text.find(symbol), symbol.size() + 1);
}

/// Whether the licenses on both sides let the module have the symbol; if not, says why.
bool ImportStep::may_have(const Import& import, const Provider& provider) {
  About about{.symbol = import.symbol,
              .module_value = judged_.module.license.value_or("unspecified"),
              .kernel_value = "GPL only",
              .detail = provider.owner};
  if (provider.gpl_only && is_proprietary_) {
    if (import.weak) {
      judge_absence(import);
    } else {
      report(has_inherited_ ? FindingId::symbol_gpl_only_after_proprietary : FindingId::symbol_gpl_only,
             Severity::refusal, std::move(about));
    }
    return false;
  }
  uses_gpl_only_ = uses_gpl_only_ || provider.gpl_only;
  if (!provider.is_proprietary || !judged_.loader.inherits_proprietary.value_or(true)) return true;
  about.kernel_value = "proprietary";
  if (uses_gpl_only_) {
    if (import.weak) {
      judge_absence(import);
    } else {
      report_proprietary(FindingId::symbol_of_proprietary, Severity::refusal, std::move(about));
    }
    return false;
  }
  if (!is_proprietary_)
    report_proprietary(FindingId::proprietary_inherited, Severity::taint, std::move(about));
  has_inherited_ = has_inherited_ || !is_proprietary_;
  is_proprietary_ = true;
  return true;
}

void ImportStep::judge(const Import& import) {
  const auto provider = provider_of(judged_, import.symbol);
  if (provider) {
    may_have(import, *provider);
    judge_version(import, *provider);
    judge_namespace(import, *provider);
  } else if (judged_.kernel.symbols) {
    judge_absence(import);
  } else if (!is_ignored(import)) {
    ++unchecked_;
  }
}

/// The linker's own symbol, which x86 kernels ignore (since 5.12 and its stable releases), and to which those
/// of s390 give a value. Source: linux arch/s390/kernel/module.c, module_frob_arch_sections.
bool ImportStep::is_ignored(const Import& import) const {
  const auto machine = judged_.module.architecture.machine;
  const bool is_s390 = machine == 22;
  const bool is_x86 = machine == 62 || machine == 3;
  return import.symbol == "_GLOBAL_OFFSET_TABLE_" &&
         (is_s390 || (is_x86 && judged_.loader.ignores_offset_table.value_or(true)));
}

SymbolOutcome ImportStep::run() {
  std::vector<const Import*> order;
  for (const Import& import : judged_.module.imports) order.push_back(&import);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* left, const auto* right) { return left->order < right->order; });
  SymbolOutcome outcome;
  for (const Import* import : order) {
    const auto first = findings_.size();
    judge(*import);
    const auto bad = std::find_if(findings_.begin() + static_cast<std::ptrdiff_t>(first), findings_.end(),
                                  [](const Finding& each) { return each.severity == Severity::refusal; });
    if (bad != findings_.end()) outcome = {.last_bad = import->order, .errno_name = bad->errno_name};
  }
  if (unchecked_ != 0)
    report(FindingId::symbols_unchecked, Severity::unknown, {.detail = counted(unchecked_, "symbol")});
  return outcome;
}

/// Since 6.16 the prefix is the kernel's own: a module that asks for it is refused before any symbol.
void judge_namespaces(const Case& judged, std::vector<Finding>& findings) {
  if (!judged.loader.knows_module_namespaces.value_or(false)) return;
  for (const std::string& name_space : judged.module.import_namespaces) {
    if (!name_space.starts_with(module_namespace_prefix)) continue;
    add(findings, judged, FindingId::module_namespace_imported, Severity::refusal,
        {.module_value = name_space, .detail = name_space});
  }
}

/// What a symbol that another module exports too is worth: both can be there as long as only one is loaded.
Severity severity_of_twin(const Case& judged, std::string_view owner) {
  const auto key = module_key(owner);
  const auto& depends = judged.module.depends;
  const auto& before = judged.company.before;
  const bool is_loaded_first = std::any_of(depends.begin(), depends.end(),
                                           [&](const auto& name) { return module_key(name) == key; }) ||
                               std::any_of(before.begin(), before.end(),
                                           [&](const auto& each) { return module_key(each.name) == key; });
  return is_loaded_first ? Severity::refusal : Severity::note;
}

void judge_twin(const Case& judged, const Export& each, std::string_view owner,
                std::vector<Finding>& findings) {
  // A module of the same name is replaced by this one: they are never loaded together.
  if (module_key(owner) == module_key(judged.module.name)) return;
  add(findings, judged, FindingId::export_duplicates_module, severity_of_twin(judged, owner),
      {.symbol = each.symbol, .kernel_value = std::string(owner), .detail = std::string(owner)});
}

/// Symbols that somebody else exports too. The kernel itself always wins; of two modules the second to be
/// loaded is refused. Source: linux kernel/module, verify_exported_symbols.
void judge_exports(const Case& judged, std::vector<Finding>& findings) {
  for (const Export& each : judged.module.exports) {
    const auto own = judged.kernel.symbols ? judged.kernel.symbols->table.find(each.symbol) : std::nullopt;
    if (own && own->owner == "vmlinux") {
      add(findings, judged, FindingId::export_duplicates_kernel, Severity::refusal,
          {.symbol = each.symbol, .kernel_value = "vmlinux"});
    } else if (own) {
      judge_twin(judged, each, std::string_view(own->owner).substr(own->owner.rfind('/') + 1), findings);
    }
    for (const Fingerprint& other : judged.company.others) {
      const bool is_same = std::any_of(other.exports.begin(), other.exports.end(),
                                       [&](const Export& theirs) { return theirs.symbol == each.symbol; });
      if (is_same) judge_twin(judged, each, other.name, findings);
    }
  }
}

}  // namespace

SymbolOutcome judge_symbols(const Case& judged, std::vector<Finding>& findings) {
  judge_namespaces(judged, findings);
  const auto outcome = ImportStep(judged, findings).run();
  judge_exports(judged, findings);
  return outcome;
}

}  // namespace kpkg::abi
