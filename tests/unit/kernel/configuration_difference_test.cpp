// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration_difference.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::Configuration;
using kernel::OptionDifference;

TEST_CASE("two configurations differ in what only one sets and in what they set differently") {
  const auto left = Configuration::parse("CONFIG_A=y\nCONFIG_B=m\nCONFIG_D=\"x\"\nCONFIG_E=y\n");
  const auto right = Configuration::parse("CONFIG_B=y\nCONFIG_C=1\nCONFIG_D=\"x\"\n# CONFIG_E is not set\n");

  CHECK(kernel::differences(left, right) == std::vector<OptionDifference>{{"CONFIG_A", "y", std::nullopt},
                                                                          {"CONFIG_B", "m", "y"},
                                                                          {"CONFIG_C", std::nullopt, "1"},
                                                                          {"CONFIG_E", "y", std::nullopt}});
  CHECK(kernel::differences(left, left).empty());
}

TEST_CASE("which compiler and which key were there is nothing to a module, a feature is") {
  CHECK_FALSE(kernel::matters_to_modules("CONFIG_CC_VERSION_TEXT"));
  CHECK_FALSE(kernel::matters_to_modules("CONFIG_MODULE_SIG_KEY"));
  CHECK(kernel::matters_to_modules("CONFIG_PM"));
  CHECK(kernel::matters_to_modules("CONFIG_MODULE_SIG_FORCE"));
  CHECK(kernel::is_of_the_loader("CONFIG_MODULE_SIG_FORCE"));
  CHECK_FALSE(kernel::is_of_the_loader("CONFIG_MODULE_SIG_KEY"));
  CHECK_FALSE(kernel::is_of_the_loader("CONFIG_PM"));
}

TEST_CASE("a difference is told with both values") {
  CHECK(kernel::told({"CONFIG_PM", "y", std::nullopt}) == "CONFIG_PM: y, not set");
}
