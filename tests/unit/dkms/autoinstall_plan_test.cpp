// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/autoinstall_plan.hpp"

#include <doctest/doctest.h>

namespace kpkg::dkms {
namespace {

using Names = std::vector<std::string>;

Candidate a_candidate(const std::string& module, Names depends = {}) {
  return {.id = {module, "1"}, .depends = std::move(depends)};
}

Names names_of(const std::vector<Candidate>& round) {
  Names names;
  for (const auto& candidate : round) names.push_back(candidate.id.module);
  return names;
}

/// Installs all of the next round with success.
Names installed_next(AutoinstallPlan& plan) {
  auto names = names_of(plan.next_round());
  for (const auto& name : names) plan.note(name, 0);
  return names;
}

}  // namespace

TEST_CASE("modules wait for those that they are built with") {
  AutoinstallPlan plan({a_candidate("zfs", {"spl"}), a_candidate("spl"), a_candidate("other")}, {},
                       {"zfs", "spl", "other"});

  CHECK(installed_next(plan) == Names{"spl", "other"});
  CHECK(installed_next(plan) == Names{"zfs"});
  CHECK(installed_next(plan).empty());
  CHECK(plan.report("6.1") == "Autoinstall on 6.1 succeeded for module(s) spl other zfs.\n");
  CHECK_FALSE(plan.has_failed());
}

TEST_CASE("what is installed already keeps nobody waiting and is told as a success") {
  AutoinstallPlan plan({a_candidate("zfs", {"spl"})}, {"spl"}, {"zfs", "spl"});

  CHECK(installed_next(plan) == Names{"zfs"});
  CHECK(plan.report("6.1") == "Autoinstall on 6.1 succeeded for module(s) spl zfs.\n");
}

TEST_CASE("a module that is not for the kernel keeps nobody waiting either") {
  AutoinstallPlan plan({a_candidate("zfs", {"spl"}), a_candidate("spl")}, {}, {"zfs", "spl"});

  static_cast<void>(plan.next_round());
  plan.note("spl", 77);

  CHECK(names_of(plan.next_round()) == Names{"zfs"});
  CHECK(plan.report("6.1") == "Autoinstall on 6.1 was skipped for module(s) spl.\n");
  CHECK_FALSE(plan.has_failed());
}

TEST_CASE("what depends on a module that failed fails with it") {
  AutoinstallPlan plan({a_candidate("zfs", {"spl"}), a_candidate("spl")}, {}, {"zfs", "spl"});

  static_cast<void>(plan.next_round());
  plan.note("spl", 10);

  CHECK(plan.next_round().empty());
  CHECK(plan.report("6.1") ==
        "Autoinstall on 6.1 failed for module(s) spl(10).\n"
        "zfs/1 autoinstall failed due to missing dependencies: spl.\n");
  CHECK(plan.has_failed());
}

TEST_CASE("a dependency that nobody has added yet defers and is no failure") {
  AutoinstallPlan plan({a_candidate("zfs", {"spl"})}, {}, {"zfs"});

  CHECK(plan.next_round().empty());
  CHECK(plan.report("6.1") ==
        "zfs/1 autoinstall deferred: BUILD_DEPENDS not registered with DKMS: spl.\n"
        "Autoinstall on 6.1 deferred module(s) zfs/1 due to BUILD_DEPENDS not yet registered with DKMS.\n"
        "These may be provided externally or by a package not yet configured; autoinstall will retry on the "
        "next trigger.\n");
  CHECK_FALSE(plan.has_failed());
}

TEST_CASE("modules that wait for each other end the rounds") {
  AutoinstallPlan plan({a_candidate("a", {"b"}), a_candidate("b", {"a"}), a_candidate("c")}, {},
                       {"a", "b", "c"});

  CHECK(installed_next(plan) == Names{"c"});
  CHECK(plan.next_round().empty());
  CHECK(plan.has_failed());
}

}  // namespace kpkg::dkms
