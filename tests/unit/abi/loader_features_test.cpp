// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/loader_features.hpp"

#include "base/json.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace kpkg;

TEST_CASE("an image that has a text of the loader has the feature, one that lacks it has not") {
  const std::vector<std::string_view> found{"version magic '%s' should be '%s'",
                                            "has an invalid section index %u (max %u)",
                                            "Module has invalid ELF structures"};

  const auto features = abi::features_of_texts(found);

  CHECK(features.checks_symbol_sections == true);
  CHECK(features.validates_elf == true);
  CHECK(features.names_elf_defects == false);
  CHECK(features.demands_export_flags == false);
  CHECK_FALSE(features.force_load.has_value());
}

TEST_CASE("an image without the text that every loader has says nothing of the loader") {
  const std::vector<std::string_view> found{"inheriting taint"};

  CHECK(abi::features_of_texts(found) == abi::LoaderFeatures{});
}

TEST_CASE("all texts that features are known by are looked for, each once") {
  const auto texts = abi::loader_texts();

  CHECK(abi::features_of_texts(texts).checks_symbol_names == true);
  CHECK(std::set<std::string_view>(texts.begin(), texts.end()).size() == texts.size());
}

TEST_CASE("a configuration tells what it switches, but not that the release knows it") {
  const auto all = abi::features_of_configuration([](std::string_view) { return true; });
  const auto none = abi::features_of_configuration([](std::string_view) { return false; });

  CHECK(all.force_load == true);
  CHECK_FALSE(all.refuses_writable_code.has_value());
  CHECK(none.refuses_writable_code == false);
  CHECK(none.has_livepatch == false);
  CHECK_FALSE(none.refuses_missing_version.has_value());
}

TEST_CASE("the release decides only what nobody looked for") {
  abi::LoaderFeatures seen;
  seen.checks_layout_size = true;

  const auto features = abi::merged(seen, abi::features_of_release("6.1.192"));

  CHECK(features.checks_layout_size == true);
  CHECK(features.demands_single_sections == false);
  CHECK(features.validates_elf == true);
  CHECK_FALSE(features.force_load.has_value());
}

TEST_CASE("of a kernel without a release nothing is guessed") {
  CHECK(abi::features_of_release("") == abi::LoaderFeatures{});
}

TEST_CASE("features survive being written as text and read again, and so does what is not known") {
  auto features = abi::features_of_release("7.1");
  features.required_sections = std::vector<std::string>{".plt"};

  CHECK(abi::loader_features_from_json(abi::to_json(features)) == features);
  CHECK(abi::loader_features_from_json(abi::to_json(abi::LoaderFeatures{})) == abi::LoaderFeatures{});
}

TEST_CASE("a feature that is no boolean is refused with its name") {
  auto json = abi::to_json(abi::LoaderFeatures{});
  json["force_load"] = 1;

  CHECK(abi::loader_features_from_json(json).error().message.find("force_load") != std::string::npos);
}
