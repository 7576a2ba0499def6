// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/taints.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::taints_of;

namespace {

std::string letters(const elf::ModuleImage& module) {
  std::string text;
  for (const auto& taint : taints_of(module)) text += taint.letter;
  return text;
}

elf::ModuleImage a_signed_module(std::vector<elf::ModinfoEntry> modinfo) {
  elf::ModuleImage module;
  module.modinfo = std::move(modinfo);
  module.signature = elf::SignatureTrailer{.id_type = 2, .plausible = true};
  return module;
}

}  // namespace

TEST_CASE("a signed module of the kernel's own sources taints nothing") {
  CHECK(letters(a_signed_module({{"license", "GPL v2"}, {"intree", "Y"}, {"vermagic", "6.1 "}})) == "");
}

TEST_CASE("a module that says nothing of itself taints with all that this means") {
  CHECK(letters(elf::ModuleImage()) == "POEF");
  CHECK(taints_of(elf::ModuleImage()).front().reason == "it tells no license");
}

TEST_CASE("staging, live patches, tests and odd signatures are told") {
  auto module = a_signed_module({{"license", "GPL"},
                                 {"intree", "Y"},
                                 {"vermagic", "6.1 "},
                                 {"staging", "Y"},
                                 {"livepatch", "Y"},
                                 {"test", "Y"}});
  module.signature->plausible = false;

  CHECK(letters(module) == "ECKN");
}

TEST_CASE(
    "a kernel that has no key of the signer marks the module as unsigned, one that looks at none does not") {
  const std::vector<abi::Taint> of_file = {{'O', "ours"}, {'C', "staging"}};
  const auto marked =
      abi::taints_by(of_file, abi::SignatureCheckResult{.outcome = abi::SignatureOutcome::of_unknown_key});
  const auto good =
      abi::taints_by(of_file, abi::SignatureCheckResult{.outcome = abi::SignatureOutcome::good});
  const auto blind = abi::taints_by({{'O', "ours"}, {'E', "it is not signed"}}, std::nullopt);

  REQUIRE(marked.size() == 3);
  CHECK(marked[1] == abi::Taint{'E', "the kernel has no key of its signer"});
  CHECK(good == of_file);
  CHECK(blind == std::vector<abi::Taint>{{'O', "ours"}});
}
