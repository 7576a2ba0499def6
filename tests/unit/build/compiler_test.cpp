// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/compiler.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using build::Compiler;
using build::KernelCompiler;
using Names = std::vector<std::string>;
using Compilers = std::vector<Compiler>;

namespace {

const KernelCompiler debian{.version_text = "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"};
const KernelCompiler clang{
    .version_text = "Debian clang version 14.0.6", .is_clang = true, .linked_by_lld = true};

}  // namespace

TEST_CASE("the kernel's compiler is read from its configuration") {
  const auto configuration = kernel::Configuration::parse(
      "CONFIG_CC_VERSION_TEXT=\"Debian clang version 14.0.6\"\nCONFIG_CC_IS_CLANG=y\nCONFIG_LD_IS_LLD=y\n");

  CHECK(build::kernel_compiler(configuration) == clang);
}

TEST_CASE("a kernel that does not name its compiler is taken for one of gcc") {
  CHECK(build::kernel_compiler(kernel::Configuration::parse("CONFIG_SMP=y\n")) == KernelCompiler{});
}

TEST_CASE("names to look for begin with the kernel's own and end with the default") {
  CHECK(build::compiler_names(debian, "") == Names{"gcc-12", "gcc"});
  CHECK(build::compiler_names({.version_text = "x86_64-linux-gnu-gcc-13 (Debian 13.2.0-25) 13.2.0"}, "") ==
        Names{"x86_64-linux-gnu-gcc-13", "gcc-13", "gcc"});
  CHECK(build::compiler_names(debian, "aarch64-linux-gnu-") ==
        Names{"aarch64-linux-gnu-gcc-12", "aarch64-linux-gnu-gcc"});
  CHECK(build::compiler_names(clang, "aarch64-linux-gnu-") == Names{"clang-14", "clang"});
  CHECK(build::compiler_names({}, "") == Names{"gcc"});
}

TEST_CASE("a name that is a path or an option is never run") {
  CHECK(build::compiler_names({.version_text = "/tmp/evil (x) 12.1"}, "") == Names{"gcc-12", "gcc"});
}

TEST_CASE("the major version is found after packages with numbers and before dates") {
  CHECK(build::compiler_names(
            {.version_text = "aarch64-none-linux-gnu-gcc (Arm GNU Toolchain 11.3.Rel1) 11.3.1 20220712"}, "")
            .at(1) == "gcc-11");
  CHECK(build::compiler_names({.version_text = "clang version 16.0.0 (https://x 1.2)", .is_clang = true}, "")
            .front() == "clang-16");
}

TEST_CASE("equal version text wins whatever name it was called by, and needs no note") {
  const Compilers installed = {{"gcc-12", "gcc-12 (Debian 12.2.0-1) 12.2.0"},
                               {"gcc", "gcc (Debian 12.2.0-14+deb12u1) 12.2.0"}};

  const auto choice = build::choose_compiler(debian, installed);

  REQUIRE(choice.has_value());
  CHECK(choice->compiler.program == "gcc");
  CHECK(choice->note == "");
  CHECK(choice->make_variables == Names{"CC=gcc"});
}

TEST_CASE("another build of the same compiler is used with a note that names both") {
  const Compilers installed = {{"gcc-12", "gcc-12 (Debian 12.2.0-14) 12.2.0"},
                               {"gcc", "gcc (Debian 13.2.0) 13.2.0"}};

  const auto choice = build::choose_compiler(debian, installed);

  REQUIRE(choice.has_value());
  CHECK(choice->compiler.program == "gcc-12");
  CHECK(choice->note ==
        "the kernel was built by gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, this module by gcc-12 (Debian "
        "12.2.0-14) "
        "12.2.0");
}

TEST_CASE("the same major version comes before the default, and the default before nothing") {
  const KernelCompiler armbian{.version_text = "aarch64-linux-gnu-gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0"};
  const Compiler gcc11{"gcc-11", "gcc-11 (Debian 11.3.0-12) 11.3.0"};
  const Compiler gcc12{"gcc", "gcc (Debian 12.2.0-14) 12.2.0"};

  CHECK(build::choose_compiler(armbian, Compilers{gcc12, gcc11})->compiler == gcc11);
  CHECK(build::choose_compiler(armbian, Compilers{gcc12})->compiler == gcc12);
  CHECK(build::choose_compiler(armbian, Compilers{gcc12})->note != "");
}

TEST_CASE("a kernel of clang is not built for by gcc, and the remedy names the package") {
  const auto choice = build::choose_compiler(clang, Compilers{{"gcc", "gcc (Debian 12.2.0-14) 12.2.0"}});

  REQUIRE_FALSE(choice.has_value());
  CHECK(choice.error().kind == ErrorKind::not_found);
  CHECK(choice.error().hint == "install it: apt-get install clang-14");
}

TEST_CASE("a kernel of gcc is not built for by clang") {
  const auto choice = build::choose_compiler(debian, Compilers{{"clang", "Debian clang version 14.0.6"}});

  REQUIRE_FALSE(choice.has_value());
  CHECK(choice.error().hint == "install it: apt-get install gcc-12");
}

TEST_CASE("a kernel that ld.lld linked gets the tools of LLVM") {
  const auto choice = build::choose_compiler(clang, Compilers{{"clang-14", "Debian clang version 14.0.6"}});

  REQUIRE(choice.has_value());
  CHECK(choice->make_variables == Names{"CC=clang-14", "LLVM=1"});
}
