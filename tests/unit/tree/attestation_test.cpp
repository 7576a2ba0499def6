// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/attestation.hpp"

#include "base/json.hpp"
#include "tree/attestation_json.hpp"
#include "tree/repair.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using tree::Aspect;
using tree::Standing;
using tree::Weight;

namespace {

const std::string release = "6.1.0-9-amd64";

kernel::Configuration a_configuration(const std::string& more = "") {
  return kernel::Configuration::parse("CONFIG_MODULES=y\nCONFIG_USB=m\nCONFIG_HZ=250\n" + more);
}

/// A tree that describes its kernel in everything that its files say.
tree::Inspection a_tree(const kernel::Configuration& configuration = a_configuration()) {
  return {.tree = {.path = "/usr/src/linux-headers-" + release},
          .release = release,
          .uts_release = release,
          .written = configuration,
          .settings = configuration,
          .defines = tree::defines_for(configuration),
          .tools = {{"scripts/basic/fixdep", tree::ToolState::runs}},
          .symvers = abi::SymbolTable::from({{.name = "printk", .crc = 1, .owner = "vmlinux"}})};
}

abi::KernelFacts a_kernel() {
  abi::KernelFacts facts;
  facts.modversions = true;
  facts.symbols =
      abi::KernelSymbols{.table = abi::SymbolTable::from({{.name = "printk", .crc = 1, .owner = "vmlinux"}}),
                         .origin = "its image"};
  return facts;
}

const tree::BuildPrograms programs{.compiler = "gcc-12 (Debian 12.2.0-14) 12.2.0"};

tree::Attestation attested(const tree::Inspection& inspection, const std::vector<tree::Point>& points = {},
                           const kernel::Configuration& kernel = a_configuration()) {
  auto found = tree::observations_of(inspection, release, a_kernel(), kernel, programs);
  for (auto& each : tree::observations_of(points)) found.push_back(std::move(each));
  return tree::attestation_of(std::move(found));
}

tree::Point a_point(tree::Gate gate, tree::PointResult result) {
  return {.gate = gate,
          .result = result,
          .compared = 3,
          .equal = result == tree::PointResult::equal ? 3U : 2U,
          .note = "what was compared"};
}

std::vector<tree::Point> probe(tree::PointResult types) {
  return {a_point(tree::Gate::types, types), a_point(tree::Gate::layout, tree::PointResult::equal),
          a_point(tree::Gate::vermagic, tree::PointResult::equal)};
}

/// The aspects that are wrong, in their order.
std::vector<Aspect> wrong_in(const tree::Attestation& attestation) {
  std::vector<Aspect> aspects;
  for (const auto& each : attestation.observations)
    if (each.weight == Weight::wrong && (aspects.empty() || aspects.back() != each.aspect))
      aspects.push_back(each.aspect);
  return aspects;
}

}  // namespace

TEST_CASE("a tree that differs in nothing is exact, by its symbols alone") {
  CHECK(attested(a_tree()).standing == Standing::exact);
}

TEST_CASE("symbols with other CRCs make a tree unusable, and nothing mends it") {
  auto inspection = a_tree();
  inspection.symvers = abi::SymbolTable::from({{.name = "printk", .crc = 2, .owner = "vmlinux"}});

  const auto attestation = attested(inspection);

  CHECK(attestation.standing == Standing::unusable);
  CHECK(wrong_in(attestation) == std::vector{Aspect::symbols});
  CHECK_FALSE(tree::is_mendable(inspection, attestation));
}

TEST_CASE("an absent Module.symvers makes a tree unusable, and that is mended") {
  auto inspection = a_tree();
  inspection.symvers.reset();

  CHECK(wrong_in(attested(inspection)) == std::vector{Aspect::symbols});
  CHECK(tree::is_mendable(inspection, attested(inspection)));
}

TEST_CASE("an option of no struct is a note, one that may lay structs out is wrong until structs are equal") {
  const auto kernel = a_configuration("CONFIG_PM=y\nCONFIG_NULL_BLK=m\n");
  const auto other_driver = a_tree(a_configuration("CONFIG_PM=y\n"));
  const auto without_pm = a_tree(a_configuration("CONFIG_NULL_BLK=m\n"));

  CHECK(attested(other_driver, {}, kernel).standing == Standing::verified);
  CHECK(wrong_in(attested(without_pm, {}, kernel)) == std::vector{Aspect::configuration});
  CHECK(attested(without_pm, probe(tree::PointResult::equal), kernel).standing == Standing::verified);
  CHECK(wrong_in(attested(without_pm, probe(tree::PointResult::differs), kernel)) ==
        std::vector{Aspect::configuration, Aspect::types});
}

TEST_CASE(
    "where no module was built, an option that may lay structs out leaves a tree usable, and nothing more") {
  const auto kernel = a_configuration("CONFIG_PM=y\n");
  const auto seen = [&](const tree::Inspection& inspection) {
    return tree::impression_of(tree::observations_of(inspection, release, a_kernel(), kernel, programs))
        .standing;
  };
  auto wrong = a_tree(kernel);
  wrong.uts_release = release + "+";

  CHECK(seen(a_tree()) == Standing::usable);
  CHECK(attested(a_tree(), {}, kernel).standing == Standing::unusable);
  CHECK(seen(a_tree(kernel)) == Standing::exact);
  CHECK(seen(wrong) == Standing::unusable);
}

TEST_CASE("an option that only the tree has may lay structs out otherwise, too") {
  const auto drifted = a_tree(a_configuration("CONFIG_DEBUG_RWSEMS=y\n"));

  CHECK(wrong_in(attested(drifted)) == std::vector{Aspect::configuration});
}

TEST_CASE("types that cannot be compared take nothing from a tree whose symbols are the kernel's") {
  CHECK(attested(a_tree(), probe(tree::PointResult::unknown)).standing == Standing::exact);
}

TEST_CASE("symbols without CRCs prove nothing, so types must") {
  auto facts = a_kernel();
  facts.modversions = false;
  const auto standing = [&](tree::PointResult types) {
    auto found = tree::observations_of(a_tree(), release, facts, a_configuration(), programs);
    for (auto& each : tree::observations_of(probe(types))) found.push_back(std::move(each));
    return tree::attestation_of(std::move(found)).standing;
  };

  CHECK(standing(tree::PointResult::equal) == Standing::exact);
  CHECK(standing(tree::PointResult::unknown) == Standing::usable);
  CHECK(standing(tree::PointResult::differs) == Standing::unusable);
}

TEST_CASE("without symbols and types a tree is usable at most") {
  auto facts = a_kernel();
  facts.symbols.reset();

  const auto attestation =
      tree::attestation_of(tree::observations_of(a_tree(), release, facts, a_configuration(), programs));

  CHECK(attestation.standing == Standing::usable);
  CHECK(tree::proofs_in(attestation).empty());
}

TEST_CASE("what proves a tree is what was found equal, and nothing proves one that is not verified") {
  using Proofs = std::vector<tree::Gate>;
  const auto proofs = [](const tree::Inspection& inspection, tree::PointResult types) {
    return tree::proofs_in(attested(inspection, probe(types)));
  };
  auto without_symvers = a_tree();
  without_symvers.symvers.reset();

  CHECK(tree::proofs_in(attested(a_tree())) == Proofs{tree::Gate::symbols});
  CHECK(proofs(a_tree(), tree::PointResult::equal) == Proofs{tree::Gate::symbols, tree::Gate::types});
  CHECK(proofs(a_tree(), tree::PointResult::unknown) == Proofs{tree::Gate::symbols});
  CHECK(proofs(without_symvers, tree::PointResult::equal).empty());
}

TEST_CASE("modules that came out equal prove a tree that neither symbols nor types prove") {
  auto facts = a_kernel();
  facts.modversions = false;
  const auto standing = [&](Weight canary) {
    auto found = tree::observations_of(a_tree(), release, facts, a_configuration(), programs);
    for (auto& each : tree::observations_of(probe(tree::PointResult::unknown)))
      found.push_back(std::move(each));
    found.push_back({.aspect = Aspect::canary, .weight = canary, .text = "what the record says"});
    return tree::attestation_of(std::move(found)).standing;
  };

  CHECK(standing(Weight::good) == Standing::exact);
  CHECK(standing(Weight::unknown) == Standing::usable);
}

TEST_CASE("a release with a suffix, a foreign program and a dangling link are each wrong") {
  auto inspection = a_tree();
  inspection.uts_release = release + "+";
  inspection.tools = {{"scripts/mod/modpost", tree::ToolState::foreign, "arm64"}};
  inspection.dangling_links = {"scripts leads to ../x, which is absent"};
  inspection.missing_script = "scripts/module.lds";

  CHECK(wrong_in(attested(inspection)) ==
        std::vector{Aspect::links, Aspect::release, Aspect::host_tools, Aspect::linker_script});
}

TEST_CASE("autoconf.h and auto.conf of two configurations are wrong, but not a number with and without 0x") {
  auto torn = a_tree();
  torn.defines = tree::defines_for(a_configuration("CONFIG_PM=y\n"));
  auto hexadecimal = a_tree(a_configuration("CONFIG_ADDRESS=10\n"));
  hexadecimal.defines = tree::defines_for(a_configuration("CONFIG_ADDRESS=0x10\n"));

  CHECK(wrong_in(attested(torn)) == std::vector{Aspect::configuration});
  CHECK(attested(hexadecimal, {}, a_configuration("CONFIG_ADDRESS=10\n")).standing == Standing::exact);
}

TEST_CASE("what autoconf.h defines is read as it stands there") {
  const auto text = "#define CONFIG_MODULES 1\n#define CONFIG_USB_MODULE 1\n#define CONFIG_HZ 250\n/* */\n";

  CHECK(tree::defines_in(text) == tree::defines_for(a_configuration()));
}

TEST_CASE("an attestation comes back from JSON as it was") {
  const auto attestation = attested(a_tree(), probe(tree::PointResult::differs));

  CHECK(tree::attestation_from_json(tree::to_json(attestation)).value() == attestation);
  CHECK_FALSE(tree::attestation_from_json(Json{{"standing", "perfect"}}).has_value());
}
