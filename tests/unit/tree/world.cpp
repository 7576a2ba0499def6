// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include "support/files.hpp"
#include "support/kernel_builder.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

namespace kpkg::test {
namespace {

/// Takes over the configuration but for what LOST names, and makes what a header tree is made of.
constexpr const char* a_makefile =
    "VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nEXTRAVERSION =\n"
    "olddefconfig:\n"
    "\t@sed -i '/CONFIG_LOST/d; /CONFIG_PM_LOST/d' $(O)/.config\n"
    "allnoconfig:\n"
    "\t@cp $(O)/$(KCONFIG_ALLCONFIG) $(O)/.config\n"
    "modules_prepare:\n"
    "\t@mkdir -p $(O)/include/generated $(O)/include/config $(O)/scripts/mod "
    "$(O)/arch/x86/include/generated\n"
    "\t@echo '#define UTS_RELEASE \"$(KERNELRELEASE)\"' > $(O)/include/generated/utsrelease.h\n"
    "\t@cp $(O)/.config $(O)/include/generated/autoconf.h\n"
    "\t@echo 9.9.9 > $(O)/include/config/kernel.release\n"
    "\t@echo made > $(O)/scripts/mod/modpost\n"
    "\t@echo made > $(O)/scripts/mod/modpost.o\n"
    "\t@echo made > $(O)/scripts/mod/.modpost.cmd\n";

constexpr const char* a_configuration =
    "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 9.9.9 Kernel Configuration\n#\n"
    "CONFIG_X86_64=y\n# CONFIG_SMP is not set\nCONFIG_MODVERSIONS=y\n";

system::Root opened(const std::string& directory) {
  REQUIRE(system::make_directories(directory + "/boot").has_value());
  return *system::Root::open(directory);
}

}  // namespace

TreeWorld::TreeWorld()
    : directory(*system::TempDir::create("/tmp", "kpkg-tree-test-")),
      root(opened(directory.path() + "/root")),
      sandbox(*system::Sandbox::choose(runner)),
      jobserver(*system::Jobserver::create(2)) {
  kernel.release = "9.9-kpkg";
  kernel.module_directory = "/lib/modules/9.9-kpkg";
  kernel.image = "/boot/vmlinuz-9.9-kpkg";
  kernel.configuration = "/boot/config-9.9-kpkg";
  learned.facts = a_kernel().exporting("usb_submit_urb", 0x1111).facts();
  learned.facts.identity.configuration = "/boot/config-9.9-kpkg";
  configure(a_configuration);
  request = {.source = directory.path() + "/source",
             .work = directory.path() + "/work",
             .destination = directory.path() + "/trees/9.9-kpkg",
             .log = directory.path() + "/tree.log"};
  add("Makefile", a_makefile);
  add("Kbuild", "#\n");
  add("include/linux/module.h", "struct module { int x; };\n");
  add("scripts/Makefile.build", "#\n");
  add("scripts/setlocalversion", "#!/bin/sh\n");
  add("arch/x86/Makefile", "#\n");
  add("arch/x86/include/asm/page.h", "\n");
  add("arch/x86/kernel/setup.c", "int setup;\n");
  add("arch/arm/include/asm/page.h", "\n");
  add("drivers/usb/core/urb.c", "EXPORT_SYMBOL_GPL(usb_submit_urb);\n");
}

void TreeWorld::add(const std::string& file, const std::string& text) const {
  test::put_file(request.source + "/" + file, text);
}

void TreeWorld::configure(const std::string& text) {
  REQUIRE(root.write("/boot/config-9.9-kpkg", text).has_value());
  learned.configuration = kernel::Configuration::parse(text);
}

Error TreeWorld::failure() {
  const auto made = reconstruct();
  REQUIRE_FALSE(made.has_value());
  const auto beside = system::list_directory(directory.path() + "/trees");
  REQUIRE(beside.has_value());
  CHECK((!*beside || (*beside)->empty()));
  const auto work = system::list_directory(request.work);
  CHECK((!*work || (*work)->empty()));
  return made.error();
}

}  // namespace kpkg::test
