// SPDX-License-Identifier: GPL-2.0-or-later
// kpkg-kernel-trees(7) is where names that are interface are told to people.
#include "base/text.hpp"
#include "system/file.hpp"
#include "tree/attestation.hpp"
#include "tree/gates.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kpkg;
using namespace kpkg::tree;

namespace {

/// The names of the values up to `last`, the last of its enumeration, and with it.
template <typename Value>
std::vector<std::string> names_up_to(Value last) {
  std::vector<std::string> names;
  for (int number = 0; number <= static_cast<int>(last); ++number)
    names.emplace_back(name_of(static_cast<Value>(number)));
  return names;
}

/// The part of docs/man/kpkg-kernel-trees.7.scd under this heading, "# WHAT IS COMPARED"; empty: it has none.
std::string section(const std::string& heading) {
  const auto page = *system::read_file(KPKG_MANUAL);
  const auto start = page.find("\n" + heading + "\n");
  if (start == std::string::npos) return "";
  return page.substr(start, page.find("\n#", start + 1) - start);
}

/// Those of the names up to `last` that stand nowhere in that part, each on a line of its own in bold.
template <typename Value>
std::string without_a_place(const std::string& heading, Value last) {
  const auto text = section(heading);
  std::vector<std::string> missing;
  for (const auto& name : names_up_to(last))
    if (text.find("\n*" + name + "*\n") == std::string::npos) missing.push_back(name);
  return join(missing, ", ");
}

}  // namespace

TEST_CASE("every aspect of a kernel tree has its place in kpkg-kernel-trees(7)") {
  CHECK(without_a_place("# WHAT IS COMPARED", Aspect::build) == "");
}

TEST_CASE("every weight and every standing has its place in kpkg-kernel-trees(7)") {
  CHECK(without_a_place("## How much it weighs", Weight::wrong) == "");
  CHECK(without_a_place("## What the tree is worth", Standing::unusable) == "");
}

TEST_CASE("every gate, what it finds and every grade has its place in kpkg-kernel-trees(7)") {
  CHECK(without_a_place("## The gates", Gate::canary) == "");
  CHECK(without_a_place("## What a gate finds", PointResult::unknown) == "");
  CHECK(without_a_place("## Grades", Grade::unverified) == "");
}
