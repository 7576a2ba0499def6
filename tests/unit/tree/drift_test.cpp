// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/drift.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::Configuration;
using Options = std::vector<kernel::OptionDifference>;

TEST_CASE("options that tell which tools were there are notes") {
  const auto drift = tree::drift_between(Configuration::parse("CONFIG_GCC_VERSION=120200\n"),
                                         Configuration::parse("CONFIG_GCC_VERSION=110200\n"));

  CHECK(drift.of_tools.size() == 1);
  CHECK(tree::check_drift(drift).has_value());
}

TEST_CASE("an option of layout that is lost is a refusal with its name") {
  const auto drift = tree::drift_between(Configuration::parse("CONFIG_PM_SLEEP=y\n"), Configuration());

  const auto status = tree::check_drift(drift);

  CHECK(drift.of_layout == Options{{"CONFIG_PM_SLEEP", "y", std::nullopt}});
  CHECK(status.error().kind == ErrorKind::incompatible);
  CHECK(status.error().message.find("CONFIG_PM_SLEEP: y, not set") != std::string::npos);
}

TEST_CASE("an option of layout that only the tree has is for the gates") {
  const auto drift = tree::drift_between(Configuration(), Configuration::parse("CONFIG_PM_NEW=y\n"));

  CHECK(drift.others.size() == 1);
  CHECK(tree::check_drift(drift).has_value());
}

TEST_CASE("what got lost because pahole is not there is told with pahole's name") {
  const auto drift = tree::drift_between(Configuration::parse("CONFIG_DEBUG_INFO_BTF_MODULES=y\n"), {});

  CHECK(tree::check_drift(drift).error().hint.find("pahole") != std::string::npos);
}

TEST_CASE("the form of debug information is no matter of layout") {
  CHECK_FALSE(tree::lays_out_structs("CONFIG_DEBUG_INFO_DWARF5"));
  CHECK(tree::lays_out_structs("CONFIG_DEBUG_SPINLOCK"));
  CHECK(tree::lays_out_structs("CONFIG_DEBUG_INFO_BTF_MODULES"));
  CHECK_FALSE(tree::lays_out_structs("CONFIG_COMPAT_VDSO"));
}
