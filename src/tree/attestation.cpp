// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/attestation.hpp"

#include "abi/kernel_difference.hpp"
#include "base/text.hpp"
#include "kernel/configuration_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

constexpr std::size_t most_details = 8;
constexpr std::string_view again = "install the kernel's header package again";

/// Adds what is found to a list.
class Observer {
 public:
  explicit Observer(std::vector<Observation>& list) : list_(list) {}

  void good(Aspect aspect, std::string text) { list_.push_back({aspect, Weight::good, std::move(text)}); }
  Observation& note(Aspect aspect, std::string text, std::string meaning) {
    return add(aspect, Weight::note, std::move(text), std::move(meaning), "");
  }
  Observation& add(Aspect aspect, Weight weight, std::string text, std::string meaning,
                   std::string_view remedy) {
    list_.push_back({aspect, weight, std::move(text), std::move(meaning), std::string(remedy)});
    return list_.back();
  }

 private:
  std::vector<Observation>& list_;
};

void add_details(Observation& observation, const std::vector<std::string>& all) {
  for (const auto& each : all) {
    if (observation.details.size() == most_details) {
      observation.details.push_back(fmt::format("and {} more", all.size() - most_details));
      return;
    }
    observation.details.push_back(each);
  }
}

std::vector<std::string> told(const std::vector<kernel::OptionDifference>& differences) {
  std::vector<std::string> texts;
  for (const auto& difference : differences) texts.push_back(kernel::told(difference));
  return texts;
}

void observe_links(const Inspection& tree, Observer& observer) {
  for (const auto& link : tree.dangling_links)
    observer.add(Aspect::links, Weight::wrong, link, "kbuild does not find what it needs",
                 "install the package that has it, or the headers again");
}

/// kernel.release only tells where modules go; Debian's has another one by design.
void observe_release(const Inspection& tree, const std::string& release, Observer& observer) {
  if (tree.uts_release == release) {
    observer.good(Aspect::release, "the release is " + release);
    return;
  }
  constexpr std::string_view file = "include/generated/utsrelease.h";
  observer.add(Aspect::release, Weight::wrong,
               tree.uts_release ? fmt::format("{} says {}", file, printable(*tree.uts_release))
                                : fmt::format("{} is absent", file),
               "modules would be stamped with another release than that of the kernel", again);
}

/// Kconfig writes numbers with "0x" for C where make gets them without.
bool is_same_number(const kernel::OptionDifference& difference) {
  return difference.left && difference.right && *difference.left == "0x" + *difference.right;
}

/// Whether what make and what C reads are of one configuration.
bool observe_consistency(const Inspection& tree, Observer& observer) {
  for (const auto& [file, is_there] : {std::pair("include/config/auto.conf", tree.settings.has_value()),
                                       std::pair("include/generated/autoconf.h", tree.defines.has_value())})
    if (!is_there)
      observer.add(Aspect::configuration, Weight::wrong, fmt::format("{} is absent", file),
                   "kbuild says that the kernel configuration is invalid", again);
  if (!tree.settings || !tree.defines) return false;
  auto differences = kernel::differences(*tree.defines, defines_for(*tree.settings));
  differences.erase(std::remove_if(differences.begin(), differences.end(), is_same_number),
                    differences.end());
  if (differences.empty()) return true;
  add_details(observer.add(
                  Aspect::configuration, Weight::wrong,
                  fmt::format("autoconf.h and auto.conf differ in {}", counted(differences.size(), "option")),
                  "make and the compiler would take the kernel for two different ones", again),
              told(differences));
  return false;
}

void observe_configuration(const Inspection& tree, const std::optional<kernel::Configuration>& kernel,
                           Observer& observer) {
  if (!tree.written)
    observer.note(Aspect::configuration, ".config is absent", "makefiles of some modules read it");
  if (!observe_consistency(tree, observer)) return;
  if (!kernel) {
    observer.add(Aspect::configuration, Weight::unknown, "nobody knows how the kernel was configured",
                 "nothing shows that the tree was configured as the kernel", "");
    return;
  }
  auto drift = drift_between(*kernel, *tree.settings);
  // Distributions leave out of /boot/config what is nobody else's: keys, the salt.
  drift.of_tools.erase(std::remove_if(drift.of_tools.begin(), drift.of_tools.end(),
                                      [](const auto& difference) { return !difference.left; }),
                       drift.of_tools.end());
  // In a tree that a package brought, an option more is no sign of another source.
  const auto first_harmless = std::stable_partition(
      drift.others.begin(), drift.others.end(), [](const auto& each) { return lays_out_structs(each.key); });
  drift.of_layout.insert(drift.of_layout.end(), drift.others.begin(), first_harmless);
  drift.others.erase(drift.others.begin(), first_harmless);
  if (!drift.of_layout.empty())
    add_details(
        observer.add(Aspect::configuration, Weight::unknown,
                     fmt::format("{} that may lay structs out otherwise: kernel's value, tree's value",
                                 counted(drift.of_layout.size(), "option")),
                     "the tree was configured anew, perhaps without a program such as pahole", again),
        told(drift.of_layout));
  if (!drift.others.empty())
    add_details(observer.note(Aspect::configuration,
                              fmt::format("{} of no struct: kernel's value, tree's value",
                                          counted(drift.others.size(), "option")),
                              "modules that do not ask for them are the same"),
                told(drift.others));
  if (!drift.of_tools.empty())
    add_details(observer.note(Aspect::configuration,
                              fmt::format("{} of the tools that were there: kernel's value, tree's value",
                                          counted(drift.of_tools.size(), "option")),
                              "modules are the same"),
                told(drift.of_tools));
  if (drift.of_layout.empty() && drift.others.empty())
    observer.good(Aspect::configuration, "the tree is configured as the kernel");
}

void observe_tools(const Inspection& tree, Observer& observer) {
  const auto before = std::count_if(tree.tools.begin(), tree.tools.end(),
                                    [](const auto& tool) { return tool.state != ToolState::runs; });
  for (const auto& tool : tree.tools) {
    if (tool.state == ToolState::absent)
      observer.add(Aspect::host_tools, Weight::wrong, tool.path + " is absent",
                   "kbuild cannot build any module", again);
    if (tool.state == ToolState::foreign)
      observer.add(Aspect::host_tools, Weight::wrong,
                   fmt::format("{} is a program for {}", tool.path, tool.machine),
                   "it does not run here: \"Exec format error\"",
                   "install the headers that were built for this machine");
  }
  if (before == 0 && !tree.tools.empty())
    observer.good(Aspect::host_tools,
                  fmt::format("{} of the tree run here", counted(tree.tools.size(), "program")));
}

void observe_script(const Inspection& tree, Observer& observer) {
  if (tree.missing_script)
    observer.add(Aspect::linker_script, Weight::wrong, *tree.missing_script + " is absent",
                 "modules cannot be linked", again);
}

/// What differs between the tree's symbols and those that the kernel exports.
struct SymbolDifferences {
  std::vector<std::string> wrong;  ///< another CRC, or not exported at all
  std::size_t missing = 0;         ///< exported and not listed
};

SymbolDifferences symbol_differences(const abi::SymbolTable& tree, const abi::SymbolTable& kernel) {
  SymbolDifferences found;
  for (const auto& difference : abi::differing_symbols(tree, kernel, nullptr)) {
    const auto ours = tree.find(difference.symbol);
    const auto theirs = kernel.find(difference.symbol);
    if (!ours)
      ++found.missing;
    else if (!theirs)
      found.wrong.push_back(difference.symbol + ": not exported by the kernel");
    else if (ours->crc != theirs->crc)
      found.wrong.push_back(
          fmt::format("{}: {:#010x} instead of {:#010x}", difference.symbol, ours->crc, theirs->crc));
  }
  return found;
}

void observe_symbols(const Inspection& tree, const abi::KernelFacts& kernel, Observer& observer) {
  if (!tree.symvers) {
    const auto is_damaged = !tree.symvers_problem.empty();
    observer.add(Aspect::symbols, Weight::wrong,
                 is_damaged ? tree.symvers_problem : std::string("Module.symvers is absent"),
                 "modules would have no symbol versions, or would not build", again);
    return;
  }
  const auto& known = kernel.symbols;
  if (!known || !known->is_complete || known->origin.starts_with(abi::origin_in_headers)) {
    observer.add(Aspect::symbols, Weight::unknown, "Module.symvers could not be compared",
                 "what the kernel exports is not known from its image", "");
    return;
  }
  const auto found = symbol_differences(*tree.symvers, known->table);
  if (!found.wrong.empty())
    add_details(
        observer.add(
            Aspect::symbols, Weight::wrong,
            fmt::format("{} of Module.symvers are not the kernel's", counted(found.wrong.size(), "symbol")),
            "the headers are of another build: the kernel would refuse modules, or worse", again),
        found.wrong);
  else if (found.missing > 0)
    observer.note(
        Aspect::symbols,
        fmt::format("Module.symvers lacks {} that the kernel exports", counted(found.missing, "symbol")),
        "modules that need them do not build");
  else if (!abi::has_modversions(kernel).value_or(false))
    observer.add(Aspect::symbols, Weight::unknown,
                 fmt::format("{} of Module.symvers are the kernel's by name, which has no CRCs",
                             counted(tree.symvers->size(), "symbol")),
                 "names prove nothing of the headers", "");
  else
    observer.good(Aspect::symbols,
                  fmt::format("{} of Module.symvers are those of the kernel, with their CRCs",
                              counted(tree.symvers->size(), "symbol")));
}

void observe_programs(const BuildPrograms& programs, Observer& observer) {
  if (!programs.no_compiler.empty())
    observer.add(Aspect::compiler, Weight::wrong, programs.no_compiler, "nothing can be built", "install it");
  else if (!programs.compiler_note.empty())
    observer.note(Aspect::compiler, programs.compiler_note, "the layouts of what it builds decide");
  else
    observer.good(Aspect::compiler, "the compiler is that of the kernel: " + programs.compiler);
  for (const auto& program : programs.missing) {
    const bool is_for_types = program == "pahole";
    observer.add(Aspect::programs, is_for_types ? Weight::note : Weight::wrong, program + " is not installed",
                 is_for_types ? "types of modules cannot be compared with the kernel's" : "kbuild calls it",
                 is_for_types ? "apt-get install pahole" : "install it");
  }
}

Aspect aspect_of(Gate gate) {
  switch (gate) {
    case Gate::symbols: return Aspect::symbols;
    case Gate::types: return Aspect::types;
    case Gate::layout: return Aspect::layout;
    case Gate::vermagic: return Aspect::vermagic;
    case Gate::canary: break;
  }
  return Aspect::build;
}

std::string meaning_of(Gate gate) {
  switch (gate) {
    case Gate::types: return "modules built here would use members where the kernel has others";
    case Gate::layout: return "the kernel would refuse modules, or call into nowhere";
    case Gate::vermagic: return "the kernel would refuse modules: \"version magic\"";
    case Gate::symbols:
    case Gate::canary: break;
  }
  return "the tree is not of this kernel's source";
}

}  // namespace

std::string_view name_of(Aspect aspect) {
  switch (aspect) {
    case Aspect::links: return "links";
    case Aspect::release: return "release";
    case Aspect::configuration: return "configuration";
    case Aspect::host_tools: return "host-tools";
    case Aspect::linker_script: return "linker-script";
    case Aspect::symbols: return "symbols";
    case Aspect::compiler: return "compiler";
    case Aspect::programs: return "programs";
    case Aspect::layout: return "layout";
    case Aspect::types: return "types";
    case Aspect::vermagic: return "vermagic";
    case Aspect::canary: return "canary";
    case Aspect::build: break;
  }
  return "build";
}

std::string_view name_of(Weight weight) {
  switch (weight) {
    case Weight::good: return "good";
    case Weight::note: return "note";
    case Weight::unknown: return "unknown";
    case Weight::wrong: break;
  }
  return "wrong";
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::exact: return "exact";
    case Standing::verified: return "verified";
    case Standing::usable: return "usable";
    case Standing::unusable: break;
  }
  return "unusable";
}

std::vector<Observation> observations_of(const Inspection& tree, const std::string& release,
                                         const abi::KernelFacts& kernel,
                                         const std::optional<kernel::Configuration>& configuration,
                                         const BuildPrograms& programs) {
  std::vector<Observation> found;
  Observer observer(found);
  observe_links(tree, observer);
  observe_release(tree, release, observer);
  observe_configuration(tree, configuration, observer);
  observe_tools(tree, observer);
  observe_script(tree, observer);
  observe_symbols(tree, kernel, observer);
  observe_programs(programs, observer);
  return found;
}

std::vector<Observation> observations_of(const std::vector<Point>& points) {
  std::vector<Observation> found;
  Observer observer(found);
  for (const auto& point : points) {
    const auto aspect = aspect_of(point.gate);
    const auto count = fmt::format("{} of {} equal", point.equal, point.compared);
    if (point.result == PointResult::equal)
      observer.good(aspect, fmt::format("{}: {}", point.note, count));
    else if (point.result == PointResult::unknown)
      observer.add(aspect, Weight::unknown, point.note, "this proves nothing about the tree", "");
    else
      add_details(observer.add(aspect, Weight::wrong, fmt::format("{}: {}", point.note, count),
                               meaning_of(point.gate), ""),
                  point.differing);
  }
  return found;
}

}  // namespace kpkg::tree
