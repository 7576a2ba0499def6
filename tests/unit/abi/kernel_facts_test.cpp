// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_facts.hpp"

#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"
#include "support/kernel_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

TEST_CASE("where the configuration is not known, a word of vermagic says whether CRCs are compared") {
  CHECK(abi::has_modversions({.vermagic = "6.1 SMP modversions "}) == true);
  CHECK(abi::has_modversions({.vermagic = "6.1 SMP no-modversions "}) == false);
  CHECK(abi::has_modversions({.vermagic = "6.1 modversions ", .modversions = false}) == false);
  CHECK_FALSE(abi::has_modversions({.release = "6.1"}).has_value());
}

TEST_CASE("the facts of a kernel survive being written as text and read again") {
  auto facts = a_kernel().exporting_gpl("a", 1, "drivers/x").exporting_in("NS", "b", 2).facts();
  facts.identity = {.banner = "6.1 (a@b) #1",
                    .build_id = "0011",
                    .compiler = "gcc",
                    .image = "/boot/vmlinuz",
                    .container = "bzImage, xz",
                    .module_directory = "/lib/modules/6.1",
                    .modules = 4,
                    .configuration = "/proc/config.gz"};

  const auto json = parse_json(json_text(abi::to_json(facts)));

  CHECK(abi::kernel_facts_from_json(json.value()) == facts);
}

TEST_CASE("what is not known of a kernel stays not known") {
  const abi::KernelFacts facts{.release = "6.1", .compression = abi::Compression::zst};

  CHECK(abi::kernel_facts_from_json(abi::to_json(facts)) == facts);
}

TEST_CASE("facts with a compression that does not exist or a damaged table of symbols are refused") {
  auto json = abi::to_json(a_kernel().facts());
  json["compression"] = "rar";
  auto damaged = abi::to_json(a_kernel().facts());
  damaged["symbols"]["symvers"] = "x";

  CHECK(abi::kernel_facts_from_json(json).error().message ==
        "field compression of the kernel facts is not none, gz, xz or zst");
  CHECK(abi::kernel_facts_from_json(damaged).error().kind == ErrorKind::corrupt);
}
