// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_difference.hpp"

#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace kpkg::abi {
namespace {

using Leaves = std::map<std::string, std::string>;

/// Every value that is known, by the names of the members that lead to it.
void collect(const Json& value, const std::string& name, Leaves& leaves) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items())
      collect(inner, name.empty() ? key : name + "." + key, leaves);
  } else if (value.is_string()) {
    leaves[name] = value.get<std::string>();
  } else if (!value.is_null()) {
    leaves[name] = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

/// What of a kernel is compared as a fact. The first word of vermagic is the release.
Leaves comparable(KernelFacts facts) {
  facts.release.clear();
  facts.identity = {};
  facts.symbols.reset();
  facts.gates = {};  // of a machine, not of a kernel
  // Compared type by type, not as one text: differing_types_of_kernels.
  facts.btf.table = nullptr;
  facts.btf.digest.reset();
  if (facts.vermagic) {
    auto said = words(*facts.vermagic);
    if (!said.empty()) said.erase(said.begin());
    facts.vermagic = join(said, " ");
  }
  Leaves leaves;
  collect(to_json(facts), "", leaves);
  return leaves;
}

/// What a kernel offers under a name, in the parts in which `other` differs; all of it without another.
std::string told(const KernelSymbol& symbol, const KernelSymbol* other) {
  std::vector<std::string> parts;
  const bool knows_crcs = symbol.crc != 0 && (other == nullptr || other->crc != 0);
  if (knows_crcs && (other == nullptr || other->crc != symbol.crc))
    parts.push_back(fmt::format("{:#010x}", symbol.crc));
  if (other == nullptr ? symbol.gpl_only : symbol.gpl_only != other->gpl_only)
    parts.emplace_back(symbol.gpl_only ? "GPL-only" : "for all");
  if (other == nullptr ? !symbol.name_space.empty() : symbol.name_space != other->name_space)
    parts.push_back(symbol.name_space.empty() ? "no namespace" : "namespace " + symbol.name_space);
  if (other == nullptr || symbol.owner != other->owner) parts.push_back("of " + symbol.owner);
  return join(parts, ", ");
}

}  // namespace

std::string_view name_of(SymbolChange change) {
  switch (change) {
    case SymbolChange::gone: return "gone";
    case SymbolChange::added: return "added";
    case SymbolChange::altered: return "altered";
  }
  return "altered";
}

std::vector<FactDifference> differing_facts(const KernelFacts& left, const KernelFacts& right) {
  const auto ours = comparable(left);
  const auto theirs = comparable(right);
  std::set<std::string> names;
  for (const auto* leaves : {&ours, &theirs})
    for (const auto& [name, value] : *leaves) names.insert(name);
  const auto value_of = [](const Leaves& leaves, const std::string& name) {
    const auto found = leaves.find(name);
    return found == leaves.end() ? std::string("unknown") : found->second;
  };
  std::vector<FactDifference> found;
  for (const auto& name : names)
    if (value_of(ours, name) != value_of(theirs, name))
      found.push_back({name, value_of(ours, name), value_of(theirs, name)});
  return found;
}

std::vector<SymbolDifference> differing_symbols(const SymbolTable& left, const SymbolTable& right,
                                                const std::set<std::string>* only) {
  std::vector<SymbolDifference> found;
  const auto is_asked = [only](const std::string& name) { return only == nullptr || only->count(name) > 0; };
  std::size_t ours = 0;
  std::size_t theirs = 0;
  while (ours < left.size() || theirs < right.size()) {
    const auto mine = ours < left.size() ? std::optional(left.at(ours)) : std::nullopt;
    const auto other = theirs < right.size() ? std::optional(right.at(theirs)) : std::nullopt;
    const bool is_gone = mine && (!other || mine->name < other->name);
    const bool is_added = other && (!mine || other->name < mine->name);
    const auto& symbol = is_added ? *other : *mine;
    ours += is_added ? 0 : 1;
    theirs += is_gone ? 0 : 1;
    if (!is_asked(symbol.name)) continue;
    if (is_gone)
      found.push_back({symbol.name, SymbolChange::gone, symbol.owner, told(symbol, nullptr), ""});
    else if (is_added)
      found.push_back({symbol.name, SymbolChange::added, symbol.owner, "", told(symbol, nullptr)});
    else if (!told(*mine, &*other).empty())
      found.push_back(
          {symbol.name, SymbolChange::altered, symbol.owner, told(*mine, &*other), told(*other, &*mine)});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& one, const auto& two) {
    return std::tie(one.owner, one.symbol) < std::tie(two.owner, two.symbol);
  });
  return found;
}

}  // namespace kpkg::abi
