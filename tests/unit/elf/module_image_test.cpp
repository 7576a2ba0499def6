// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"

#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

TEST_CASE("what the kernel must provide is listed with its weakness, and what the module defines is not") {
  const auto bytes = a_module().needing("kmalloc", 1).needing_weakly("maybe").bytes();

  const auto image = elf::read_module(bytes);

  CHECK(image->undefined == std::vector<elf::UndefinedSymbol>{{"kmalloc", false, 1}, {"maybe", true, 2}});
  CHECK(image->defined == std::vector<std::string>{"init_module", "cleanup_module"});
}

TEST_CASE("of two modinfo values of one key the first is used, except for imported namespaces") {
  const auto bytes = a_module()
                         .licensed("GPL")
                         .with_modinfo("license", "Proprietary")
                         .importing_namespace("A")
                         .importing_namespace("B")
                         .bytes();

  const auto image = elf::read_module(bytes);

  CHECK(image->first_modinfo("license") == "GPL");
  CHECK(image->every_modinfo("import_ns") == std::vector<std::string>{"A", "B"});
  CHECK_FALSE(image->first_modinfo("absent").has_value());
}

TEST_CASE("struct module shows its size, its name and where it has the init and exit functions") {
  const auto image = elf::read_module(a_module().named("tty0tty").with_layout(1280, 0x130, 0x4c0).bytes());

  CHECK(image->this_module == elf::ThisModule{1280, 0x130, 0x4c0, "tty0tty"});
}

TEST_CASE("a module without an exit function has no offset of it") {
  const auto image = elf::read_module(a_module().with_layout(896, 0x138, std::nullopt).bytes());

  CHECK_FALSE(image->this_module->exit_offset.has_value());
}

TEST_CASE("a 32-bit module and a big-endian one yield the same facts as any other") {
  const auto builder = a_module().named("x").needing("kmalloc", 0x11223344).with_layout(576, 0xcc, 0x230);
  const auto expected = elf::read_module(ModuleBuilder(builder).bytes());

  const auto small = elf::read_module(ModuleBuilder(builder).for_architecture(powerpc).bytes());
  const auto big = elf::read_module(ModuleBuilder(builder).for_architecture(s390).bytes());

  CHECK(small->versions == expected->versions);
  CHECK(big->versions == expected->versions);
  CHECK(small->this_module == expected->this_module);
  CHECK(big->this_module == expected->this_module);
  CHECK(small->modinfo == expected->modinfo);
}

TEST_CASE("an object without struct module is read, and has none") {
  CHECK_FALSE(elf::read_module(a_module().without_this_module().bytes())->this_module.has_value());
}

TEST_CASE("a section .BTF is seen only if it has bytes") {
  CHECK(elf::read_module(a_module().with_section(".BTF", "x").bytes())->has_btf);
  CHECK_FALSE(elf::read_module(a_module().with_section(".BTF", "").bytes())->has_btf);
  CHECK_FALSE(elf::read_module(a_module().bytes())->has_btf);
}

TEST_CASE("sections are listed in the order of the file without the empty one at the beginning") {
  const auto image = elf::read_module(a_module().with_section(".comment", "GCC").bytes());

  CHECK(image->sections.front() == elf::Section{".text", 1, 2, 64});
  CHECK(image->sections.back().name == ".shstrtab");
}
