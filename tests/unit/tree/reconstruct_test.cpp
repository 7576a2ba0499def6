// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/reconstruct.hpp"

#include "system/file.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

using namespace kpkg;
using test::TreeWorld;

namespace {

std::string text_of(const std::string& path) {
  auto text = system::read_file(path);
  return text ? *text : std::string("absent");
}

bool is_there(const std::string& path) {
  return system::status_of(path)->has_value();
}

/// What find(1) would count.
tree::TreeSize measured(const std::string& directory) {
  tree::TreeSize size;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_directory()) continue;
    size.files += 1;
    size.bytes += system::status_of(entry.path().string())->value().size;
  }
  return size;
}

}  // namespace

TEST_CASE("a tree has the configuration, the symbols and the release of its kernel") {
  TreeWorld world;

  const auto made = world.reconstruct();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(text_of(made->tree + "/include/config/kernel.release") == "9.9-kpkg\n");
  CHECK(text_of(made->tree + "/Module.symvers") ==
        "0x0badcafe\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
        "0x00001111\tusb_submit_urb\tvmlinux\tEXPORT_SYMBOL\t\n");
  CHECK(text_of(made->tree + "/.config") == text_of(world.directory.path() + "/root/boot/config-9.9-kpkg"));
  CHECK(made->version == tree::UpstreamVersion{"9.9.9", "/boot/config-9.9-kpkg"});
}

TEST_CASE("the version of the source is told before there is any, if a tree can be made of it") {
  TreeWorld world;
  world.request.source = "/absent";

  const auto version = tree::version_to_reconstruct(world.subject(), "", world.runner);

  CHECK(version == tree::UpstreamVersion{"9.9.9", "/boot/config-9.9-kpkg"});
}

TEST_CASE("no version of a source is told of a kernel that there is no compiler for") {
  TreeWorld world;

  const auto version = tree::version_to_reconstruct(world.subject(), "absent-linux-gnu-", world.runner);

  REQUIRE_FALSE(version.has_value());
  CHECK(version.error().kind == ErrorKind::not_found);
  CHECK(version.error().text().starts_with("rebuilding the tree of kernel 9.9-kpkg: choosing a compiler: "));
}

TEST_CASE("the tree of a kernel that is elsewhere has the salt that was brought along") {
  TreeWorld world;
  world.kernel.module_directory.clear();
  auto subject = world.subject();
  subject.build_salt = "9.9-kpkg";

  const auto made = tree::reconstruct(subject, world.request, world.means());

  REQUIRE(made.has_value());
  CHECK(text_of(made->tree + "/.config").ends_with("CONFIG_BUILD_SALT=\"9.9-kpkg\"\n"));
}

TEST_CASE("a tree has what modules are built with, and nothing else of the source") {
  TreeWorld world;

  const auto made = world.reconstruct();

  REQUIRE(made.has_value());
  CHECK(is_there(made->tree + "/include/linux/module.h"));
  CHECK(is_there(made->tree + "/arch/x86/include/asm/page.h"));
  CHECK(is_there(made->tree + "/arch/x86/Makefile"));
  CHECK(is_there(made->tree + "/scripts/mod/modpost"));
  CHECK_FALSE(is_there(made->tree + "/scripts/mod/modpost.o"));
  CHECK_FALSE(is_there(made->tree + "/scripts/mod/.modpost.cmd"));
  CHECK_FALSE(is_there(made->tree + "/arch/x86/kernel/setup.c"));
  CHECK_FALSE(is_there(made->tree + "/arch/arm"));
  CHECK_FALSE(is_there(made->tree + "/drivers"));
}

TEST_CASE(
    "a file that both the source and its objects have is counted once, and a link that leads nowhere never") {
  TreeWorld world;
  world.add("scripts/mod/modpost", "of the source\n");
  REQUIRE(system::make_link("absent.h", world.request.source + "/include/linux/absent.h").has_value());

  const auto made = world.reconstruct();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK_FALSE(is_there(made->tree + "/include/linux/absent.h"));
  CHECK(made->size == measured(made->tree));
}

TEST_CASE("the source stays as it was") {
  TreeWorld world;

  const auto made = world.reconstruct();

  REQUIRE(made.has_value());
  CHECK(system::list_directory(world.request.source)->value().size() == 6);
  CHECK_FALSE(is_there(world.request.source + "/include/generated"));
}

TEST_CASE("a tree that is published is all that is left") {
  TreeWorld world;
  auto made = world.reconstruct();
  REQUIRE(made.has_value());

  CHECK(tree::publish(*std::move(made), world.request.destination).has_value());

  CHECK(is_there(world.request.destination + "/Module.symvers"));
  CHECK(system::list_directory(world.directory.path() + "/trees")->value().size() == 1);
  CHECK(system::list_directory(world.request.work)->value().empty());
}

TEST_CASE("a tree is not published where something else is, and what to do is told") {
  TreeWorld world;
  auto made = world.reconstruct();
  REQUIRE(made.has_value());
  REQUIRE(system::make_directories(world.request.destination).has_value());

  const auto published = tree::publish(*std::move(made), world.request.destination);

  CHECK(published.error().kind == ErrorKind::conflict);
  CHECK(published.error().hint == "name one that does not exist yet");
}

TEST_CASE("a tree that is not published goes away") {
  TreeWorld world;

  { const auto made = world.reconstruct(); }

  CHECK(system::list_directory(world.directory.path() + "/trees")->value().empty());
}

TEST_CASE("a source of another point release is refused, and both are named") {
  TreeWorld world;
  world.add("Makefile", "VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 8\n");

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::incompatible);
  CHECK(error.message.find("Linux 9.9.9") != std::string::npos);
  CHECK(error.message.find("Linux 9.9.8") != std::string::npos);
}

TEST_CASE("a source that is not there is named, and what to name instead") {
  TreeWorld world;
  world.request.source += "-absent";

  const auto error = world.failure();

  CHECK(error.message == "there is no " + world.request.source);
  CHECK(error.hint == "name the kernel's source: a directory, or an archive of one");
}

TEST_CASE("a source that was configured is refused") {
  TreeWorld world;
  world.add("include/config/auto.conf", "");

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::invalid);
  CHECK(error.message.find("was already configured: it has include/config") != std::string::npos);
}

TEST_CASE("a configuration for another machine is refused") {
  TreeWorld world;
  world.configure("# Linux/arm64 9.9.9 Kernel Configuration\nCONFIG_ARM64=y\n# CONFIG_X is not set\n");

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::incompatible);
  CHECK(error.message == "/boot/config-9.9-kpkg is for arm64, but kernel 9.9-kpkg is for x86-64");
}

TEST_CASE("a kernel of clang is not built for with gcc") {
  TreeWorld world;
  world.configure(
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\n"
      "CONFIG_CC_IS_CLANG=y\nCONFIG_CC_VERSION_TEXT=\"clang version 99.1.0\"\n");

  const auto made = world.reconstruct();

  // Clang may be installed here or not.
  const bool is_clang = made && made->compiler.find("clang") != std::string::npos;
  CHECK((is_clang || (!made && made.error().kind == ErrorKind::not_found)));
}

TEST_CASE("a kernel whose structs are shuffled is refused") {
  TreeWorld world;
  world.configure(
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\n"
      "CONFIG_RANDSTRUCT=y\n");

  CHECK(world.failure().kind == ErrorKind::unsupported);
}

TEST_CASE("a kernel whose exports are not all known is refused") {
  TreeWorld world;
  world.learned.facts.symbols->is_complete = false;

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::corrupt);
  CHECK(error.message.find("/boot/vmlinuz-9.9-kpkg") != std::string::npos);
}

TEST_CASE("a source that loses an option of layout is refused, and the option is named") {
  TreeWorld world;
  world.configure(
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\n"
      "CONFIG_PM_LOST=y\n");

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::incompatible);
  CHECK(error.message.find("CONFIG_PM_LOST: y, not set") != std::string::npos);
}

TEST_CASE("another option that gets lost is told") {
  TreeWorld world;
  world.configure(
      "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\nCONFIG_LOST=y\n");

  const auto made = world.reconstruct();

  REQUIRE(made.has_value());
  CHECK(made->drift.others == std::vector<kernel::OptionDifference>{{"CONFIG_LOST", "y", std::nullopt}});
}

TEST_CASE("a configuration that only tells what is set is not filled up with defaults") {
  TreeWorld world;
  world.configure("# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n");

  const auto made = world.reconstruct();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(made->notes.back().find("only tells which options are set") != std::string::npos);
}

TEST_CASE("a make that fails says where and leaves nothing") {
  TreeWorld world;
  world.add("Makefile",
            "VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nolddefconfig:\n"
            "\t@echo 'tools/objtool/elf.h:10:10: fatal error: gelf.h: No such file or directory'; false\n");

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::build_failed);
  CHECK(error.message.find("gelf.h") != std::string::npos);
  CHECK(error.hint.find("libelf-dev") != std::string::npos);
}

TEST_CASE("a source that does not take the kernel's release is refused") {
  TreeWorld world;
  world.add("Makefile",
            "VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = 9\nolddefconfig:\nmodules_prepare:\n"
            "\t@mkdir -p $(O)/include/generated\n"
            "\t@echo '#define UTS_RELEASE \"9.9.9+\"' > $(O)/include/generated/utsrelease.h\n");

  const auto error = world.failure();

  CHECK(error.message.find("9.9.9+") != std::string::npos);
  CHECK(error.hint.find("as it was released") != std::string::npos);
}

TEST_CASE("what stands at the destination is never replaced") {
  TreeWorld world;
  REQUIRE(system::make_directories(world.request.destination + "/mine").has_value());

  const auto made = world.reconstruct();

  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().kind == ErrorKind::conflict);
  CHECK(is_there(world.request.destination + "/mine"));
}

TEST_CASE("a tree that takes too long is given up") {
  TreeWorld world;
  world.request.timeout = std::chrono::minutes(0);

  CHECK(world.failure().message.find("took longer") != std::string::npos);
}
