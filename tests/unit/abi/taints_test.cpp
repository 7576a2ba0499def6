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
