// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/source_version.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using tree::Aspect;
using tree::Standing;
using tree::Weight;

namespace {

/// What is found of a tree whose symbols are the kernel's.
std::vector<tree::Observation> with_equal_symbols() {
  return {
      {.aspect = Aspect::symbols, .weight = Weight::good, .text = "1 symbol", .meaning = "", .remedy = ""}};
}

std::vector<tree::Observation> found_of(const std::string& tree) {
  auto found = with_equal_symbols();
  tree::observe_other_version(found, tree, "6.1.192");
  return found;
}

}  // namespace

TEST_CASE("a header tells its version in the bytes of one number") {
  CHECK(tree::version_in_header("#define LINUX_VERSION_CODE 393664\n#define X 1\n") == "6.1.192");
  CHECK(tree::version_in_header("#define LINUX_VERSION_MAJOR 6\n") == std::nullopt);
  CHECK(tree::version_in_header("#define LINUX_VERSION_CODE many\n") == std::nullopt);
}

TEST_CASE("what a header has no room for makes no other version") {
  CHECK(tree::is_version_of("6.13.0", "6.13.0-rc3"));
  CHECK(tree::is_version_of("6.13.0", "6.13"));
  CHECK(tree::is_version_of("4.14.255", "4.14.336"));
  CHECK_FALSE(tree::is_version_of("6.1.190", "6.1.192"));
  CHECK_FALSE(tree::is_version_of("6.2.192", "6.1.192"));
}

TEST_CASE("a tree of the kernel's version is proved by its symbols") {
  CHECK(found_of("6.1.192") == with_equal_symbols());
}

TEST_CASE(
    "a tree of another point release is told with both, and symbols that are the kernel's prove nothing") {
  const auto attestation = tree::attestation_of(found_of("6.1.190"));

  CHECK(attestation.standing == Standing::usable);
  REQUIRE(attestation.observations.size() == 2);
  CHECK(attestation.observations.front().text == "the tree is of Linux 6.1.190, the kernel of 6.1.192");
  CHECK(attestation.observations.back().weight == Weight::note);
}

TEST_CASE("symbols that are wrong stay so in a tree of another point release") {
  auto found = with_equal_symbols();
  found.front().weight = Weight::wrong;

  tree::observe_other_version(found, "6.1.190", "6.1.192");

  CHECK(tree::attestation_of(found).standing == Standing::unusable);
}
