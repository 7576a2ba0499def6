// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image_facts.hpp"

#include "unit/archive/archives.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::image_facts;
using kernel::UnpackedImage;

TEST_CASE("an image tells its banner, its configuration and which texts it has") {
  const auto configuration = archive_test::compressed("CONFIG_MODULES=y\n", "gzip");
  const UnpackedImage image{.bytes = "code Linux version 6.1.0-test (a@b) #1 SMP\n" + std::string(100, '\0') +
                                     "IKCFG_ST" + configuration +
                                     "IKCFG_ED, disagrees about version of symbol",
                            .form = "flat image"};
  const std::vector<std::string_view> texts = {"loading test module", "disagrees about version"};

  const auto facts = image_facts(image, elf::ByteOrder::little, texts);

  CHECK(facts.form == "flat image");
  CHECK(facts.banner == "6.1.0-test (a@b) #1 SMP");
  CHECK(facts.configuration == "CONFIG_MODULES=y\n");
  CHECK(facts.texts == std::vector<std::string_view>{"disagrees about version"});
}

TEST_CASE("what an image does not tell is not known") {
  const auto facts = image_facts({.bytes = "nothing", .form = "flat image"}, elf::ByteOrder::big);

  CHECK(facts == kernel::ImageFacts{.form = "flat image"});
}
