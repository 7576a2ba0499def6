// SPDX-License-Identifier: GPL-2.0-or-later
#include "a_recipe.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::recipe;

TEST_CASE("two sources at the same place are a mistake") {
  CHECK(mistakes_of(a_recipe_and("[[source]]\n"
                                 "path = \"/srv\"\n")) ==
        "x.toml:10:1: a second source is unpacked at the top of the source tree; expected another directory "
        "in \"into\"\n");
}

TEST_CASE("a negative number of directories to strip is a mistake") {
  CHECK(mistakes_of(a_recipe_from(
            "url = \"https://e.org/a\"\n"
            "sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
            "strip = -1")) == "x.toml:8:9: -1 does not fit \"strip\"; expected a whole number, 0 or more\n");
}

TEST_CASE("a build directory with a blank is a mistake, for kbuild cannot take it") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "directory = \"my module\"\n")) ==
        "x.toml:11:13: \"my module\" does not fit \"directory\"; expected a relative path inside the source "
        "tree, without blanks and colons\n");
}

TEST_CASE("a step without a program is a mistake") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "steps = [[], [\"\", \"x\"], \"make\"]\n")) ==
        "x.toml:11:10: a list in \"steps\" names no program; expected a program and its arguments, such as "
        "[\"make\", \"all\"]\n"
        "x.toml:11:14: a list in \"steps\" names no program; expected a program and its arguments, such as "
        "[\"make\", \"all\"]\n"
        "x.toml:11:25: \"steps\" is a text; expected a list\n");
}

TEST_CASE("an unknown placeholder is told with the one that was meant") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "steps = [[\"make\", \"-C\", \"${tre}\"]]\n")) ==
        "x.toml:11:25: \"${tre}\" does not fit \"steps\"; did you mean \"${tree}\"?\n");
}

TEST_CASE("a placeholder that nothing resembles or that is not closed is told with all that there are") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "steps = [[\"make\", \"${zebra}\", \"${tree\"]]\n")) ==
        "x.toml:11:19: \"${zebra}\" does not fit \"steps\"; expected only the placeholders ${tree} "
        "${release} ${arch} ${jobs} ${source} ${symvers.NAME}\n"
        "x.toml:11:31: \"${tree\" does not fit \"steps\"; expected only the placeholders ${tree} ${release} "
        "${arch} ${jobs} ${source} ${symvers.NAME}\n");
}

TEST_CASE("symvers of a recipe that is not built first are a mistake") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "steps = [[\"make\", \"${symvers.core}\"]]\n"
                                 "environment = { A = \"${symvers.core}\" }\n")) ==
        "x.toml:11:19: ${symvers.core} names a recipe that is not built first; expected \"core\" in "
        "\"depends\"\n"
        "x.toml:12:21: ${symvers.core} names a recipe that is not built first; expected \"core\" in "
        "\"depends\"\n");
}

TEST_CASE("a variable whose name a shell could not hold is a mistake") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "environment = { \"A-B\" = \"x\", 1A = \"y\" }\n")) ==
        "x.toml:11:17: \"A-B\" is not the name of a variable; expected letters, digits and _, not a digit "
        "first\n"
        "x.toml:11:30: \"1A\" is not the name of a variable; expected letters, digits and _, not a digit "
        "first\n");
}

TEST_CASE("a package to build with has a package's name") {
  CHECK(mistakes_of(a_recipe_and("[build]\n"
                                 "needs = [\"lib foo\"]\n")) ==
        "x.toml:11:10: \"lib foo\" does not fit \"needs\"; expected lower-case letters, digits and +._- "
        "after a letter or digit, at most 100\n");
}

TEST_CASE("a module's name has letters, digits, dashes and underscores, and fits the kernel's") {
  CHECK(mistakes_of(a_recipe_and("[[module]]\n"
                                 "name = \"a.b\"\n"
                                 "[[module]]\n"
                                 "name = \"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\"\n")) ==
        "x.toml:11:8: \"a.b\" does not fit \"name\"; expected letters, digits, _ and - but not - first, at "
        "most 55\n"
        "x.toml:13:8: \"mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\" does not fit \"name\"; "
        "expected letters, digits, _ and - but not - first, at most 55\n");
}

TEST_CASE("two modules whose names differ by dash and underscore are one") {
  CHECK(mistakes_of(a_recipe_and("[[module]]\n"
                                 "name = \"a-b\"\n"
                                 "[[module]]\n"
                                 "name = \"a_b\"\n")) ==
        "x.toml:12:1: a second module is called \"a_b\"; expected one [[module]] for each name; dash and "
        "underscore are equal\n");
}

TEST_CASE("two modules that are installed under one name are a mistake") {
  CHECK(mistakes_of(a_recipe_and("[[module]]\n"
                                 "name = \"other\"\n"
                                 "install_name = \"thing\"\n")) ==
        "x.toml:10:1: a second module is called \"thing\"; expected one [[module]] for each name; dash and "
        "underscore are equal\n");
}

TEST_CASE("a module's file ends in .ko") {
  CHECK(mistakes_of(a_recipe_and("path = \"out/thing.o\"\n")) ==
        "x.toml:10:8: \"out/thing.o\" does not fit \"path\"; expected a relative path inside the build "
        "directory that ends in .ko\n");
}

TEST_CASE("options with a line end or a backslash at the end would break modprobe's file") {
  CHECK(mistakes_of(a_recipe_and("options = \"a=1\\ninstall x /bin/sh\"\n"
                                 "[[module]]\n"
                                 "name = \"b\"\n"
                                 "options = \"a=1 \\\\\"\n")) ==
        "x.toml:10:11: \"options\" holds a control character; expected one line without tabs\n"
        "x.toml:13:11: \"a=1 \\\" does not fit \"options\"; expected module parameters on one line, without "
        "a backslash at the end\n");
}

TEST_CASE("a blacklist holds names of modules") {
  CHECK(mistakes_of(a_recipe_and("blacklist = [\"a b\", \"-f\"]\n"
                                 "softdep_pre = [\"x/y\"]\n"
                                 "softdep_post = [\"\"]\n")) ==
        "x.toml:10:14: \"a b\" does not fit \"blacklist\"; expected letters, digits, _ and - but not - "
        "first, at most 55\n"
        "x.toml:10:21: \"-f\" does not fit \"blacklist\"; expected letters, digits, _ and - but not - first, "
        "at most 55\n"
        "x.toml:11:16: \"x/y\" does not fit \"softdep_pre\"; expected letters, digits, _ and - but not - "
        "first, at most 55\n"
        "x.toml:12:17: \"\" does not fit \"softdep_post\"; expected letters, digits, _ and - but not - "
        "first, at most 55\n");
}

TEST_CASE("a patch has a file and it is beside the recipe") {
  CHECK(mistakes_of(a_recipe_with("patches = [{ strip = 1 }, { file = \"../a.patch\" }]\n")) ==
        "x.toml:1:12: \"file\" is missing; expected a relative path that does not leave its directory\n"
        "x.toml:1:36: \"../a.patch\" does not fit \"file\"; expected a relative path that does not leave its "
        "directory\n");
}

TEST_CASE("the oldest kernel is a number with points") {
  CHECK(mistakes_of(a_recipe_and("[kernel]\n"
                                 "min = \">=3.10\"\n")) ==
        "x.toml:11:7: \">=3.10\" does not fit \"min\"; expected numbers with points such as 3.10\n");
}

TEST_CASE("a configuration symbol has its prefix") {
  CHECK(mistakes_of(a_recipe_and("[kernel]\n"
                                 "config = [\"TTY\", \"!config_x\", \"CONFIG_\", \"CONFIG_X=y\"]\n")) ==
        "x.toml:11:11: \"TTY\" does not fit \"config\"; expected CONFIG_NAME, or !CONFIG_NAME if it must be "
        "off\n"
        "x.toml:11:18: \"!config_x\" does not fit \"config\"; expected CONFIG_NAME, or !CONFIG_NAME if it "
        "must be off\n"
        "x.toml:11:31: \"CONFIG_\" does not fit \"config\"; expected CONFIG_NAME, or !CONFIG_NAME if it must "
        "be off\n"
        "x.toml:11:42: \"CONFIG_X=y\" does not fit \"config\"; expected CONFIG_NAME, or !CONFIG_NAME if it "
        "must be off\n");
}

TEST_CASE("an architecture that nobody knows is told with the one that was meant") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "patches = []\n"
                                 "when = { arch = [\"amd6\", \"vax\"] }\n")) ==
        "x.toml:12:18: \"amd6\" does not fit \"arch\"; did you mean \"amd64\"?\n"
        "x.toml:12:26: \"vax\" does not fit \"arch\"; expected x86_64 (amd64), i386, arm64, arm (armhf), "
        "riscv (riscv64), powerpc (ppc64el) or s390 (s390x)\n");
}

TEST_CASE("a range of kernels has numbers") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "patches = []\n"
                                 "when = { kernel = \">= six\" }\n"
                                 "[[variant]]\n"
                                 "patches = []\n"
                                 "when = { kernel = \"\" }\n")) ==
        "x.toml:12:19: \">= six\" does not fit \"kernel\"; expected bounds such as >=6.4 <6.12\n"
        "x.toml:15:19: \"\" does not fit \"kernel\"; expected bounds such as >=6.4 <6.12\n");
}

TEST_CASE("a distribution is an id and bounds") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "patches = []\n"
                                 "when = { distribution = \"Debian 12\" }\n")) ==
        "x.toml:12:25: \"Debian 12\" does not fit \"distribution\"; expected an ID of os-release, with "
        "bounds if wanted, such as debian>=12\n");
}

TEST_CASE("a probe is for a symbol or a member of a struct") {
  CHECK(
      mistakes_of(a_recipe_and("[[variant]]\n"
                               "patches = []\n"
                               "when = { probe = [\"class_create\", \"symbol:\", \"member:tty.x\", "
                               "\"member:struct a.b.c\"] }\n")) ==
      "x.toml:12:19: \"class_create\" does not fit \"probe\"; expected symbol:NAME or member:struct "
      "NAME.MEMBER\n"
      "x.toml:12:35: \"symbol:\" does not fit \"probe\"; expected symbol:NAME or member:struct NAME.MEMBER\n"
      "x.toml:12:46: \"member:tty.x\" does not fit \"probe\"; expected symbol:NAME or member:struct "
      "NAME.MEMBER\n"
      "x.toml:12:62: \"member:struct a.b.c\" does not fit \"probe\"; expected symbol:NAME or member:struct "
      "NAME.MEMBER\n");
}

TEST_CASE("a variant without a condition is a mistake") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "patches = []\n"
                                 "[[variant]]\n"
                                 "patches = []\n"
                                 "when = {}\n")) ==
        "x.toml:10:1: \"when\" is missing; expected a table\n"
        "x.toml:14:8: \"when\" is empty; expected one of kernel, arch, distribution, config and probe\n");
}

TEST_CASE("a variant that replaces nothing is a mistake") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "when = { kernel = \"6.1\" }\n")) ==
        "x.toml:10:1: a variant that replaces nothing; expected source, patches, build or module in it\n");
}

TEST_CASE("the parts of a variant are checked like those of the recipe") {
  CHECK(mistakes_of(a_recipe_and("[[variant]]\n"
                                 "when = { kernel = \"6.1\" }\n"
                                 "[variant.build]\n"
                                 "steps = [[\"${symvers.x}\"]]\n"
                                 "[[variant.source]]\n"
                                 "url = \"https://e.org/a\"\n"
                                 "[[variant.module]]\n"
                                 "name = \"a\"\n"
                                 "[[variant.module]]\n"
                                 "name = \"a\"\n")) ==
        "x.toml:13:11: ${symvers.x} names a recipe that is not built first; expected \"x\" in \"depends\"\n"
        "x.toml:14:1: \"sha256\" is missing beside \"url\"; expected 64 hexadecimal digits\n"
        "x.toml:18:1: a second module is called \"a\"; expected one [[module]] for each name; dash and "
        "underscore are equal\n");
}

TEST_CASE("what to do on a failed load is one of two words") {
  CHECK(mistakes_of(a_recipe_and("[install]\n"
                                 "on_load_failure = \"undoo\"\n"
                                 "replaces_intree = [\"r 8169\"]\n")) ==
        "x.toml:11:19: \"undoo\" does not fit \"on_load_failure\"; did you mean \"undo\"?\n"
        "x.toml:12:20: \"r 8169\" does not fit \"replaces_intree\"; expected letters, digits, _ and - but "
        "not - first, at most 55\n");
}

TEST_CASE("a device is below /dev") {
  CHECK(mistakes_of(a_recipe_and("[test]\n"
                                 "device = \"/dev/../etc/shadow\"\n")) ==
        "x.toml:11:10: \"/dev/../etc/shadow\" does not fit \"device\"; expected a path below /dev\n");
}

TEST_CASE("one table where a list of them belongs is told how to write it") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"a\"\n"
                    "summary = \"a\"\n"
                    "source = [{ apt = \"ab\" }]\n"
                    "[module]\n"
                    "name = \"a\"\n") ==
        "x.toml:5:1: \"module\" is a table; expected a list of tables, [[module]]\n");
}
