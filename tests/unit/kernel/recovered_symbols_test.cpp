// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/recovered_symbols.hpp"

#include "fake_root.hpp"
#include "kernel/learn.hpp"
#include "support/image_builder.hpp"
#include "support/kernel_image_builder.hpp"
#include "support/module_builder.hpp"
#include "unit/archive/archives.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::a_kernel_image;
using test::a_module;
using test::FakeRoot;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";

test::KernelImageBuilder an_image() {
  return a_kernel_image()
      .exporting_many(50)
      .exporting("module_layout", 0x0badcafe)
      .exporting_gpl("kmalloc", 0xaa);
}

/// A module of the kernel that needs twenty symbols of an_image(), so that flat images can be searched.
test::ModuleBuilder a_user() {
  auto module = a_module().with_modinfo("intree", "Y").needing("kmalloc", 0xaa);
  const auto kernel = an_image();
  for (std::size_t index = 0; index < 20; ++index)
    module.needing(kernel.exports()[index].name, *kernel.exports()[index].crc);
  return module;
}

std::string packed(const std::string& vmlinux) {
  const auto stream = archive_test::compressed(vmlinux, "xz");
  return test::a_bzimage(test::with_size_word(stream, static_cast<std::uint32_t>(vmlinux.size())));
}

/// A kernel with two modules, one of which exports to the other.
FakeRoot& add_kernel(FakeRoot& world) {
  const auto core = a_user().named("core").exporting_gpl("core_start", 0x77, "CORE").bytes();
  const auto user = a_user().named("user").needing("core_start", 0x77).bytes();
  return world.file(directory + "/kernel/drivers/core.ko", core)
      .file(directory + "/kernel/drivers/user.ko", user);
}

kernel::Learned learned(const FakeRoot& world) {
  auto result = kernel::learn(world.root(), test::kernel_of(world));
  REQUIRE(result.has_value());
  return *result;
}

/// Whether the table is all of an_image() and the export of the module, as Module.symvers has them.
bool is_whole(const abi::KernelSymbols& symbols) {
  std::vector<abi::KernelSymbol> rows = {{"core_start", 0x77, "drivers/core", true, "CORE"}};
  const auto kernel = an_image();
  for (const auto& symbol : kernel.exports())
    rows.push_back({symbol.name, *symbol.crc, "vmlinux", symbol.gpl_only, symbol.name_space});
  return symbols.is_complete && symbols.table == abi::SymbolTable::from(rows);
}

std::string notes_of(const kernel::Learned& learned) {
  std::string text;
  for (const auto& note : learned.notes) text += note + "\n";
  return text;
}

}  // namespace

TEST_CASE("without headers the symbols are those of the image and of all modules") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux()));

  const auto symbols = learned(world).facts.symbols.value();

  CHECK(is_whole(symbols));
  CHECK(symbols.origin == "its image, by its sections, and its 2 modules");
}

TEST_CASE("memory without sections tells the same") {
  FakeRoot world;
  const auto memory = "Linux version 6.1.0-test (a@b) #1 SMP\n" + std::string(6, '\0') + an_image().flat();
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", memory);

  const auto symbols = learned(world).facts.symbols.value();

  CHECK(is_whole(symbols));
  CHECK(symbols.origin == "its image, by tables found in its memory, and its 2 modules");
}

TEST_CASE("compressed modules tell the same") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux()));
  world.compressed("xz", directory + "/kernel/drivers/core.ko")
      .compressed("xz", directory + "/kernel/drivers/user.ko");

  CHECK(is_whole(learned(world).facts.symbols.value()));
}

TEST_CASE("an image that disagrees with one CRC of the modules is not believed") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux()));
  const auto other = a_user().needing("gpl_0040", 0x1);
  world.file(directory + "/kernel/drivers/other.ko", other.bytes());

  const auto symbols = learned(world).facts.symbols.value();

  CHECK_FALSE(symbols.is_complete);
  CHECK(symbols.origin ==
        "its 3 modules only: the CRCs in the image are not those that the modules were built against");
  CHECK(symbols.table.find("core_start").value().owner == "drivers/core");
  CHECK(symbols.table.find("kmalloc").value() == abi::KernelSymbol{"kmalloc", 0xaa, "vmlinux", false, ""});
  CHECK_FALSE(symbols.table.find("gpl_0041").has_value());
}

TEST_CASE("a symbol that nothing here exports is kept, and the table is then not complete") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux()));
  world.file(directory + "/kernel/drivers/other.ko", a_user().needing("elsewhere", 0x5).bytes());

  const auto answer = learned(world);

  CHECK_FALSE(answer.facts.symbols.value().is_complete);
  CHECK(answer.facts.symbols.value().table.find("elsewhere").value().crc == 5);
  CHECK(
      notes_of(answer).find("1 symbol that modules demand is exported by none of the modules that are here, "
                            "such as elsewhere") != std::string::npos);
}

TEST_CASE("headers that differ from the image are named, and the image is believed") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux())).tree(directory + "/build");
  world.file(directory + "/build/Module.symvers", "0x00000001\tkmalloc\tvmlinux\tEXPORT_SYMBOL\t\n");

  const auto answer = learned(world);

  CHECK(is_whole(answer.facts.symbols.value()));
  CHECK(notes_of(answer).find("differs from the kernel itself in 103 symbols, such as core_start; the "
                              "kernel's image is believed") != std::string::npos);
}

TEST_CASE("headers are believed where the image is not readable, unless the modules know other CRCs") {
  FakeRoot same;
  FakeRoot other;
  for (auto* world : {&same, &other}) add_kernel(*world).tree(directory + "/build");
  same.file(directory + "/build/Module.symvers", "0x000000aa\tkmalloc\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
  other.file(directory + "/build/Module.symvers", "0x000000ab\tkmalloc\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");

  CHECK(learned(same).facts.symbols.value().is_complete);
  CHECK_FALSE(learned(other).facts.symbols.value().is_complete);
  CHECK(notes_of(learned(other))
            .find("has other CRCs than the kernel's modules for 1 symbol, such as kmalloc; the "
                  "modules are believed") != std::string::npos);
}

TEST_CASE("modules of another kernel among many are named, and the many are believed") {
  FakeRoot world;
  add_kernel(world).file("/boot/vmlinuz-6.1.0-test", packed(an_image().vmlinux()));
  world.file(directory + "/kernel/drivers/old.ko",
             a_module().with_modinfo("intree", "Y").needing("kmalloc", 0xbb).bytes());

  const auto answer = learned(world);

  CHECK(is_whole(answer.facts.symbols.value()));
  CHECK(notes_of(answer).find("they demand 1 symbol with another CRC than most, such as kmalloc") !=
        std::string::npos);
}
