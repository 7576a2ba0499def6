// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"

#include <set>
#include <string>
#include <vector>

namespace kpkg::abi {

/// A fact that two kernels do not share; by its name in JSON: "layout.size", "loader.force_load".
struct FactDifference {
  std::string name = {};
  std::string left = {};  ///< "unknown": this kernel does not say
  std::string right = {};

  bool operator==(const FactDifference&) const = default;
};

enum class SymbolChange { gone, added, altered };

/// "gone", "added" or "altered".
std::string_view name_of(SymbolChange change);

/// An exported symbol that two kernels do not share.
struct SymbolDifference {
  std::string symbol = {};
  SymbolChange change = SymbolChange::altered;
  std::string owner = {};  ///< of the left kernel, or of the only one that has the symbol
  std::string left =
      {};  ///< "0x12345678, GPL-only, namespace NS, of vmlinux", of what is altered what differs
  std::string right = {};

  bool operator==(const SymbolDifference&) const = default;
};

/// The facts in which two kernels differ, apart from what they are called, where their files are and what
/// they export. Whatever is a member of KernelFacts is compared.
std::vector<FactDifference> differing_facts(const KernelFacts& left, const KernelFacts& right);

/// The symbols in which two tables differ, by owner, then name; with `only`, no others than these. CRCs of 0
/// are not known and are not compared.
std::vector<SymbolDifference> differing_symbols(const SymbolTable& left, const SymbolTable& right,
                                                const std::set<std::string>* only = nullptr);

}  // namespace kpkg::abi
