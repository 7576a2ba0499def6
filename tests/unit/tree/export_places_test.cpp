// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/export_places.hpp"

#include <doctest/doctest.h>

#include "world.hpp"

using namespace kpkg;
using Names = std::vector<std::string>;

TEST_CASE("every relative of EXPORT_SYMBOL exports") {
  CHECK(tree::exported_names("EXPORT_SYMBOL(a);\nEXPORT_SYMBOL_GPL(b);\nEXPORT_SYMBOL_NS_GPL(c, CRYPTO);\n"
                             "ACPI_EXPORT_SYMBOL( d )\n") == Names{"a", "b", "c"});
}

TEST_CASE("a name that a macro puts together is not seen") {
  CHECK(tree::exported_names("#define X(n) EXPORT_SYMBOL(__x_##n)\nEXPORT_SYMBOL\nEXPORT_SYMBOL(").empty());
}

TEST_CASE("a symbol that two files export has both") {
  test::TreeWorld world;
  world.add("mm/memory.c", "EXPORT_SYMBOL(vm_insert_page);\n");
  world.add("mm/nommu.c", "EXPORT_SYMBOL(vm_insert_page);\n");

  const auto places = tree::find_exports(world.request.source, "x86");

  CHECK(places->at("vm_insert_page") == Names{"mm/memory.c", "mm/nommu.c"});
}

TEST_CASE("what is built for other machines, or for none, exports nothing") {
  test::TreeWorld world;
  world.add("arch/x86/kernel/setup.c", "EXPORT_SYMBOL(boot_cpu_data);\n");
  world.add("arch/arm/kernel/setup.c", "EXPORT_SYMBOL(elf_hwcap);\n");
  world.add("tools/perf/x.c", "EXPORT_SYMBOL(perf);\n");

  const auto places = tree::find_exports(world.request.source, "x86");

  CHECK(places->contains("boot_cpu_data"));
  CHECK_FALSE(places->contains("elf_hwcap"));
  CHECK_FALSE(places->contains("perf"));
}
