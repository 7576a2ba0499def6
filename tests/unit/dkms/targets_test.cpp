// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/targets.hpp"

#include <doctest/doctest.h>

namespace kpkg::dkms {
namespace {

using dkmstree::Target;
using Targets = std::vector<Target>;

system::Host a_host() {
  return {.release = "6.1.0-9-amd64", .machine = "x86_64"};
}

dkmstree::Module a_module(const std::vector<Target>& built) {
  dkmstree::Version version{.version = "1.0"};
  for (const auto& target : built) version.builds.push_back({.target = target});
  return {.name = "dahdi", .versions = {version}};
}

Targets targets(const Arguments& arguments, const dkmstree::Module& module = {}) {
  return targets_of(arguments, module, a_host());
}

}  // namespace

TEST_CASE("without a kernel the running one is meant") {
  CHECK(targets({}) == Targets{{"6.1.0-9-amd64", "x86_64"}});
  CHECK(targets({.archs = {"aarch64"}}) == Targets{{"6.1.0-9-amd64", "aarch64"}});
}

TEST_CASE("one architecture is for all kernels, several are for one each") {
  CHECK(targets({.kernels = {"1", "2"}, .archs = {"x"}}) == Targets{{"1", "x"}, {"2", "x"}});
  CHECK(targets({.kernels = {"1", "2"}, .archs = {"x", "y"}}) == Targets{{"1", "x"}, {"2", "y"}});
  CHECK(targets({.kernels = {"1", "2"}}) == Targets{{"1", "x86_64"}, {"2", "x86_64"}});
}

TEST_CASE("all are those that are built, by version and not by bytes") {
  const auto module = a_module({{"6.1.0-10", "x"}, {"6.1.0-9", "x"}, {"not-a-kernel", "x"}});

  const auto all = targets({.version = "1.0", .wants_all = true}, module);

  CHECK(all == Targets{{"6.1.0-9", "x"}, {"6.1.0-10", "x"}});
}

TEST_CASE("of a version that is not there all are none") {
  CHECK(targets({.version = "2.0", .wants_all = true}, a_module({{"6.1.0-9", "x"}})).empty());
}

TEST_CASE("an empty kernel or architecture ends with 16") {
  CHECK(nameless_in({{"", "x"}})->remark.text == "\nError! Empty kernelver[0]\n");
  CHECK(nameless_in({{"1", "x"}, {"2", ""}})->remark.text == "\nError! Empty arch[1]\n");
  CHECK(nameless_in({{"1", "x"}}) == std::nullopt);
}

}  // namespace kpkg::dkms
