// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/parameters.hpp"

#include <doctest/doctest.h>

using kpkg::elf::ModuleImage;
using kpkg::elf::ModuleParameter;
using kpkg::elf::parameters_of;

TEST_CASE("a parameter is told with its type and its description, which may stand apart") {
  ModuleImage module;
  module.modinfo = {{"parm", "debug:Say more: 0, 1 or 2"},
                    {"parmtype", "count:uint"},
                    {"license", "GPL"},
                    {"parmtype", "debug:int"},
                    {"parm", "odd"}};

  CHECK(parameters_of(module) == std::vector<ModuleParameter>{{"count", "uint", ""},
                                                              {"debug", "int", "Say more: 0, 1 or 2"},
                                                              {"odd", "", ""}});
}
