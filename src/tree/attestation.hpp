// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "tree/drift.hpp"
#include "tree/gates.hpp"
#include "tree/inspection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What is looked at in a tree. The name in JSON has dashes: "host-tools".
enum class Aspect {
  links,
  release,
  configuration,
  host_tools,
  linker_script,
  symbols,
  compiler,
  programs,
  layout,    ///< of struct module, in a module that was built in the tree
  types,     ///< of the kernel's headers, the same way
  vermagic,  ///< the same way
  canary,    ///< whether modules of the kernel came out equal when kpkg made the tree
  build,     ///< whether such a module builds at all
};

/// How bad it is, in rising order; the worst decides.
enum class Weight {
  good,
  note,     ///< differs, and no module is another for it
  unknown,  ///< could not be compared
  wrong,    ///< a module would not build, would be refused, or would corrupt memory
};

/// What one look at a tree found.
struct Observation {
  Aspect aspect = Aspect::links;
  Weight weight = Weight::good;
  std::string text;                       ///< one clause: what is so
  std::string meaning = {};               ///< what comes of it; empty for what is good
  std::string remedy = {};                ///< what to do; may be empty
  std::vector<std::string> details = {};  ///< options, symbols, structs that differ

  bool operator==(const Observation&) const = default;
};

/// How well a tree describes its kernel.
enum class Standing {
  /// Nothing differs, and types, symbols with CRCs, or the canary of a tree that kpkg made prove it; one of
  /// them is enough.
  exact,
  verified,  ///< what differs changes no module, and the same proves it
  usable,    ///< nothing is wrong, but something could not be compared
  unusable,
};

struct Attestation {
  Standing standing = Standing::unusable;
  std::vector<Observation> observations;  ///< sorted by aspect

  bool operator==(const Attestation&) const = default;
};

/// The stable names in JSON and in records: "host-tools", "wrong", "unusable".
std::string_view name_of(Aspect aspect);
std::string_view name_of(Weight weight);
std::string_view name_of(Standing standing);

/// What this machine has of what building in the tree takes.
struct BuildPrograms {
  std::string compiler = {};         ///< version text of the one that would build; empty: none is suitable
  std::string compiler_note = {};    ///< how it differs from the kernel's; empty: it does not
  std::string no_compiler = {};      ///< why there is none
  std::vector<std::string> missing;  ///< programs that kbuild calls with this configuration: "pahole"

  bool operator==(const BuildPrograms&) const = default;
};

/// Compares what a tree says with what is known of its kernel; looks at no file.
std::vector<Observation> observations_of(const Inspection& tree, const std::string& release,
                                         const abi::KernelFacts& kernel,
                                         const std::optional<kernel::Configuration>& configuration,
                                         const BuildPrograms& programs);

/// What the gates found with a module that was built in the tree.
std::vector<Observation> observations_of(const std::vector<Point>& points);

/// What proves that the tree describes its kernel: symbols with CRCs, types, the canary; nothing does so for
/// one that is not verified at least.
std::vector<Gate> proofs_in(const Attestation& attestation);

/// The standing that these observations are worth.
Attestation attestation_of(std::vector<Observation> observations);

/// The same where no module was built although the files leave a doubt: what is open makes nothing wrong.
Attestation impression_of(std::vector<Observation> observations);

}  // namespace kpkg::tree
