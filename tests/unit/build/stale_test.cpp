// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/stale.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using Names = std::vector<std::string>;

TEST_CASE("products of kbuild are stale and sources are not") {
  const Names names = {"Makefile", "Module.symvers", "modules.order", ".tmp_versions", ".a.o.cmd", "a.c",
                       "a.o",      "a.ko",           "a.mod",         "a.mod.c",       "a.mod.o",  "README"};

  CHECK(build::stale_products(names) == Names{"Module.symvers", "modules.order", ".tmp_versions", ".a.o.cmd",
                                              "a.o", "a.ko", "a.mod", "a.mod.c", "a.mod.o"});
}

TEST_CASE("an object without source is a vendor's part and is kept unless kbuild recorded making it") {
  const Names names = {"vendor.o", "composite.o", ".composite.o.cmd", "blob.o_shipped"};

  CHECK(build::stale_products(names) == Names{"composite.o", ".composite.o.cmd"});
}

TEST_CASE("files of other programs that look alike are kept") {
  const Names names = {"go.mod", "build.cmd", "notes.order", "a.ko.txt"};

  CHECK(build::stale_products(names).empty());
}
