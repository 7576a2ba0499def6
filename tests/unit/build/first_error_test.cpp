// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/first_error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using build::BuildError;
using build::BuildErrorKind;
using build::first_error;

namespace {

BuildError the_error_in(const std::string& log) {
  const auto error = first_error(log);
  REQUIRE(error.has_value());
  return *error;
}

BuildErrorKind kind_of(const std::string& log) {
  return the_error_in(log).kind;
}

}  // namespace

TEST_CASE("gcc's first error is found with file, line, column and text, after warnings") {
  const auto error = the_error_in(
      "make: Entering directory '/usr/src/linux'\n"
      "  CC [M]  /build/source/a.o\n"
      "/build/source/a.c: In function 'init':\n"
      "/build/source/a.c:7:3: warning: unused variable 'error' [-Wunused-variable]\n"
      "/build/source/a.c:12:5: error: too many arguments to function 'class_create'\n"
      "/build/source/a.c:13:1: error: expected declaration\n"
      "make[1]: *** [scripts/Makefile.build:250: /build/source/a.o] Error 1\n");

  CHECK(error == BuildError{.kind = BuildErrorKind::compile,
                            .file = "/build/source/a.c",
                            .line = 12,
                            .column = 5,
                            .text = "too many arguments to function 'class_create'",
                            .remedy = "",
                            .log_line = 5});
}

TEST_CASE("a place without column and a file name with a colon are understood") {
  const auto error = the_error_in("/a:b/x.c:12: error: broken\n");

  CHECK(error.file == "/a:b/x.c");
  CHECK(error.line == 12);
  CHECK(error.column == 0);
}

TEST_CASE("a missing header is told from other errors, by gcc and by clang") {
  CHECK(kind_of("a.c:1:10: fatal error: linux/gone.h: No such file or directory\n") ==
        BuildErrorKind::missing_header);
  CHECK(kind_of("a.c:1:10: fatal error: 'linux/gone.h' file not found\n") == BuildErrorKind::missing_header);
}

TEST_CASE("modpost's undefined symbols are errors, its warnings are not") {
  CHECK(kind_of("ERROR: modpost: \"usb_gone\" [/build/source/a.ko] undefined!\n") ==
        BuildErrorKind::undefined_symbol);
  CHECK(kind_of("ERROR: \"usb_gone\" [/build/source/a.ko] undefined!\n") == BuildErrorKind::undefined_symbol);
  CHECK_FALSE(first_error("WARNING: modpost: \"usb_gone\" [/build/source/a.ko] undefined!\n").has_value());
}

TEST_CASE("a missing symbol dump is the cause of the undefined symbols after it") {
  const auto error = the_error_in(
      "WARNING: Symbol version dump \"Module.symvers\" is missing.\n"
      "         Modules may not have dependencies or modversions.\n"
      "ERROR: modpost: \"printk\" [/build/source/a.ko] undefined!\n");

  CHECK(error.kind == BuildErrorKind::missing_symvers);
  CHECK(error.log_line == 1);
}

TEST_CASE("a missing symbol dump alone is no error") {
  CHECK_FALSE(first_error("WARNING: Symbol version dump \"Module.symvers\" is missing.\n").has_value());
}

TEST_CASE("a compiler that the kernel killed is out of memory") {
  CHECK(kind_of("gcc-12: fatal error: Killed signal terminated program cc1\ncompilation terminated.\n") ==
        BuildErrorKind::out_of_memory);
  CHECK(kind_of("gcc: internal compiler error: Killed (program cc1)\n") == BuildErrorKind::out_of_memory);
}

TEST_CASE("trees that cannot be used are named as such") {
  CHECK(kind_of("  ERROR: Kernel configuration is invalid.\n         include/generated/autoconf.h or\n") ==
        BuildErrorKind::tree_not_configured);
  CHECK(kind_of("/bin/sh: 1: ./scripts/basic/fixdep: Exec format error\n") == BuildErrorKind::foreign_tools);
  CHECK(kind_of("/bin/sh: 1: scripts/basic/fixdep: not found\n") == BuildErrorKind::tree_not_configured);
}

TEST_CASE("a build that looks for the running kernel is told how to find the given one") {
  const auto error =
      the_error_in("make[1]: *** /lib/modules/6.18.44/build: No such file or directory.  Stop.\n");

  CHECK(error.kind == BuildErrorKind::wrong_kernel);
  CHECK(error.remedy.find("KERNELDIR=${tree}") != std::string::npos);
}

TEST_CASE("make's own complaints are errors") {
  CHECK(kind_of("make[2]: *** No rule to make target '/build/source/b.o', needed by 'a.ko'.  Stop.\n") ==
        BuildErrorKind::missing_rule);
  const auto separator = the_error_in("Makefile:12: *** missing separator.  Stop.\n");
  CHECK(separator.file == "Makefile");
  CHECK(separator.line == 12);
}

TEST_CASE("a full disk, a missing program and a download are told apart") {
  CHECK(kind_of("a.c:3:1: fatal error: error writing to /tmp/cc.s: No space left on device\n") ==
        BuildErrorKind::no_space);
  CHECK(kind_of("/bin/sh: 1: flex: not found\n") == BuildErrorKind::missing_program);
  CHECK(kind_of("make[1]: gcc-13: No such file or directory\n") == BuildErrorKind::missing_program);
  CHECK(kind_of("fatal: unable to access 'https://x/': Could not resolve host: x\n") ==
        BuildErrorKind::no_network);
}

TEST_CASE("what the sandbox denies is found before what make says of it") {
  const auto error = the_error_in(
      "/bin/sh: 1: cannot create /etc/x: Permission denied\nmake: *** [Makefile:2: all] Error 2\n");

  CHECK(error.log_line == 1);
}

TEST_CASE("what is only a note or was ignored is no error") {
  CHECK_FALSE(first_error("Skipping BTF generation for a.ko due to unavailability of vmlinux\n").has_value());
  CHECK_FALSE(first_error("make: [Makefile:3: clean] Error 1 (ignored)\n").has_value());
  CHECK_FALSE(
      first_error("warning: the compiler differs from the one used to build the kernel\n").has_value());
  CHECK_FALSE(first_error("").has_value());
}

TEST_CASE("when nothing else is understood, the target that failed is named") {
  const auto error =
      the_error_in("strange words\nmake: *** [Makefile:3: all] Error 9\nmake: *** [x] Error 2\n");

  CHECK(error.kind == BuildErrorKind::other);
  CHECK(error.log_line == 2);
}

TEST_CASE("bytes that are not UTF-8 are replaced") {
  CHECK(the_error_in("a.c:1:1: error: bad \xff byte\n").text == "bad \xef\xbf\xbd byte");
}
