// SPDX-License-Identifier: GPL-2.0-or-later
#include "a_recipe.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::recipe;

TEST_CASE("a misspelt key is told with the key that was meant") {
  CHECK(mistakes_of(a_recipe_with("sumary = \"x\"\n")) ==
        "x.toml:1:1: unknown key \"sumary\"; did you mean \"summary\"?\n");
}

TEST_CASE("a key that resembles none is told with all that there are") {
  CHECK(mistakes_of(a_recipe_and("[test]\n"
                                 "zebra = 1\n")) ==
        "x.toml:11:1: unknown key \"zebra\" in [test]; expected one of device\n");
}

TEST_CASE("a key that belongs to another table is told where it belongs") {
  CHECK(mistakes_of(a_recipe_with("directory = \"x\"\n")) ==
        "x.toml:1:1: unknown key \"directory\"; expected it in [build]\n");
}

TEST_CASE("a key of the top that was written too late is told where it belongs") {
  CHECK(mistakes_of(a_recipe_and("homepage = \"https://e.org\"\n")) ==
        "x.toml:10:1: unknown key \"homepage\" in [[module]]; expected it at the top of the file\n");
}

TEST_CASE("a syntax error is a mistake with its place") {
  CHECK(mistakes_of(a_recipe_and("options = \"a\n")) ==
        "x.toml:10:13: not TOML: while parsing string: unescaped control characters other than TAB (U+0009) "
        "are explicitly prohibited\n");
}

TEST_CASE("a key that is written twice is a mistake") {
  CHECK(mistakes_of(a_recipe_and("name = \"again\"\n")) ==
        "x.toml:10:8: not TOML: while parsing key-value pair: cannot redefine existing string 'name'\n");
}

TEST_CASE("a value of the wrong type is told what was expected") {
  CHECK(mistakes_of(a_recipe_and("[install]\n"
                                 "load = \"yes\"\n"
                                 "udev = \"a.rules\"\n"
                                 "firmware = [\"a\"]\n")) ==
        "x.toml:11:8: \"load\" is a text; expected true or false\n"
        "x.toml:12:8: \"udev\" is a text; expected a list\n"
        "x.toml:13:13: \"firmware\" is a text; expected a table\n");
}

TEST_CASE("a date where a text belongs is a mistake") {
  CHECK(mistakes_of(a_recipe_and("options = 2024-01-01\n")) ==
        "x.toml:10:11: \"options\" is a date or a number with a point; expected a text\n");
}

TEST_CASE("every mistake of a file is told, in its order") {
  CHECK(mistakes_of(a_recipe_and("zebra = 1\n"
                                 "[install]\n"
                                 "load = 1\n"
                                 "[kernel]\n"
                                 "config = [\"TTY\"]\n")) ==
        "x.toml:10:1: unknown key \"zebra\" in [[module]]; expected one of name, path, install_name, "
        "optional, options, softdep_pre, softdep_post, blacklist\n"
        "x.toml:12:8: \"load\" is a whole number; expected true or false\n"
        "x.toml:14:11: \"TTY\" does not fit \"config\"; expected CONFIG_NAME, or !CONFIG_NAME if it must be "
        "off\n");
}

TEST_CASE("a newer format says which kpkg it needs and nothing else") {
  CHECK(mistakes_of("format = 2\n"
                    "zebra = 1\n") ==
        "x.toml:1:10: format 2 needs a kpkg newer than 0.1.0; expected format 1, the newest that this kpkg "
        "reads\n");
}

TEST_CASE("a format that never was is a mistake") {
  CHECK(mistakes_of("format = 0\n"
                    "name = \"a\"\n"
                    "summary = \"a\"\n"
                    "source = [{ apt = \"ab\" }]\n"
                    "module = [{ name = \"a\" }]\n") == "x.toml:1:10: format 0 does not exist; expected 1\n");
}

TEST_CASE("a recipe without a module is a mistake") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"a\"\n"
                    "summary = \"a\"\n"
                    "[[source]]\n"
                    "apt = \"ab\"\n") ==
        "x.toml:1:1: \"module\" is missing; expected at least one [[module]]\n");
}

TEST_CASE("an empty list of modules is no module") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"a\"\n"
                    "summary = \"a\"\n"
                    "module = []\n"
                    "[[source]]\n"
                    "apt = \"ab\"\n") ==
        "x.toml:4:1: \"module\" is empty; expected at least one [[module]]\n");
}

TEST_CASE("a name with capitals or a slash is a mistake") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"A/b\"\n"
                    "summary = \"a\"\n"
                    "source = [{ apt = \"Pkg\" }]\n"
                    "module = [{ name = \"a\" }]\n") ==
        "x.toml:2:8: \"A/b\" does not fit \"name\"; expected lower-case letters, digits and +._- after a "
        "letter or digit, at most 100\n"
        "x.toml:4:19: \"Pkg\" does not fit \"apt\"; expected lower-case letters, digits and +._- after a "
        "letter or digit, at most 100\n");
}

TEST_CASE("a version with a slash or a blank is a mistake") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"a\"\n"
                    "version = \"1 2/3\"\n"
                    "summary = \"a\"\n"
                    "source = [{ path = \"x\" }]\n"
                    "module = [{ name = \"a\" }]\n") ==
        "x.toml:3:11: \"1 2/3\" does not fit \"version\"; expected letters, digits and +.:~^_- after a "
        "letter or digit, at most 100\n");
}

TEST_CASE("a version may be missing only where a package tells it") {
  CHECK(
      mistakes_of("format = 1\n"
                  "name = \"a\"\n"
                  "summary = \"a\"\n"
                  "source = [{ path = \"x\" }]\n"
                  "module = [{ name = \"a\" }]\n") ==
      "x.toml:1:1: \"version\" is missing; expected a version, since no source is a package that tells it\n");
}

TEST_CASE("an empty summary is a mistake") {
  CHECK(mistakes_of("format = 1\n"
                    "name = \"a\"\n"
                    "summary = \" \"\n"
                    "source = [{ apt = \"ab\" }]\n"
                    "module = [{ name = \"a\" }]\n") ==
        "x.toml:3:11: \" \" does not fit \"summary\"; expected a text that is not empty\n");
}

TEST_CASE("a licence with a quote is no SPDX expression") {
  CHECK(mistakes_of(a_recipe_with("license = \"GPL '2'\"\n")) ==
        "x.toml:1:11: \"GPL '2'\" does not fit \"license\"; expected an SPDX expression such as "
        "GPL-2.0-or-later\n");
}

TEST_CASE("a dependency without a relation is a mistake") {
  CHECK(mistakes_of(a_recipe_with("depends = [\"core 1.2\", \"core >=\", \"Core\"]\n")) ==
        "x.toml:1:12: \"core 1.2\" does not fit \"depends\"; expected the name of a recipe, with bounds if "
        "wanted: name >= version\n"
        "x.toml:1:24: \"core >=\" does not fit \"depends\"; expected the name of a recipe, with bounds if "
        "wanted: name >= version\n"
        "x.toml:1:35: \"Core\" does not fit \"depends\"; expected the name of a recipe, with bounds if "
        "wanted: name >= version\n");
}

TEST_CASE("a recipe that depends on itself is a mistake") {
  CHECK(mistakes_of(a_recipe_with("depends = [\"thing\"]\n")) ==
        "x.toml:1:1: \"thing\" depends on itself; expected other recipes\n");
}

TEST_CASE("a source that is nowhere is a mistake") {
  CHECK(mistakes_of(a_recipe_from("into = \"a\"")) ==
        "x.toml:5:1: a source that is nowhere; expected exactly one of url, git, apt and path\n");
}

TEST_CASE("a source that is in two places is a mistake") {
  CHECK(
      mistakes_of(a_recipe_from("path = \"a\"\n"
                                "git = \"https://e.org/a\"")) ==
      "x.toml:7:1: \"git\" beside \"path\" in one source; expected exactly one of url, git, apt and path\n");
}

TEST_CASE("a URL without a digest is a mistake") {
  CHECK(mistakes_of(a_recipe_from("url = \"https://e.org/a\"")) ==
        "x.toml:5:1: \"sha256\" is missing beside \"url\"; expected 64 hexadecimal digits\n");
}

TEST_CASE("a digest that is too short is not missing as well") {
  CHECK(mistakes_of(a_recipe_from("url = \"https://e.org/a\"\n"
                                  "sha256 = \"abc\"")) ==
        "x.toml:7:10: \"abc\" does not fit \"sha256\"; expected 64 hexadecimal digits\n");
}

TEST_CASE("a URL of another scheme is a mistake, in mirrors too") {
  CHECK(
      mistakes_of(
          a_recipe_from("url = \"ftp://e.org/a\"\n"
                        "sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
                        "mirrors = [\"https://\", \"https://e.org/a b\", \"file:relative\"]")) ==
      "x.toml:6:7: \"ftp://e.org/a\" does not fit \"url\"; expected a URL with https, http or file\n"
      "x.toml:8:12: \"https://\" does not fit \"mirrors\"; expected a URL with https, http or file\n"
      "x.toml:8:24: \"https://e.org/a b\" does not fit \"mirrors\"; expected a URL with https, http or file\n"
      "x.toml:8:45: \"file:relative\" does not fit \"mirrors\"; expected a URL with https, http or file\n");
}

TEST_CASE("a git source needs a commit and a tree") {
  CHECK(mistakes_of(a_recipe_from("git = \"https://e.org/a\"")) ==
        "x.toml:5:1: \"commit\" is missing beside \"git\"; expected 40 hexadecimal digits\n"
        "x.toml:5:1: \"tree\" is missing beside \"git\"; expected the tree id of the commit, 40 hexadecimal "
        "digits\n");
}

TEST_CASE("a commit and a tree have forty digits") {
  CHECK(mistakes_of(a_recipe_from("git = \"https://e.org/a\"\n"
                                  "commit = \"v1.4\"\n"
                                  "tree = \"abc\"")) ==
        "x.toml:7:10: \"v1.4\" does not fit \"commit\"; expected 40 hexadecimal digits\n"
        "x.toml:8:8: \"abc\" does not fit \"tree\"; expected 40 hexadecimal digits\n");
}

TEST_CASE("a key of another kind of source is a mistake") {
  CHECK(mistakes_of(
            a_recipe_from("path = \"a\"\n"
                          "commit = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
                          "sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"
                          "strip = 1")) ==
        "x.toml:7:1: \"commit\" does not go with \"path\"; expected it beside git only\n"
        "x.toml:8:1: \"sha256\" does not go with \"path\"; expected it beside url or git only\n"
        "x.toml:9:1: \"strip\" does not go with \"path\"; expected it beside url only\n");
}

TEST_CASE("a directory above the source tree is a mistake") {
  CHECK(
      mistakes_of(a_recipe_and("[[source]]\n"
                               "path = \"/srv\"\n"
                               "into = \"../x\"\n"
                               "[build]\n"
                               "directory = \"/abs\"\n"
                               "[install]\n"
                               "udev = [\"a/../../b\"]\n"
                               "firmware = [{ file = \"\", as = \"x//y\" }]\n")) ==
      "x.toml:12:8: \"../x\" does not fit \"into\"; expected a relative path that does not leave its "
      "directory\n"
      "x.toml:14:13: \"/abs\" does not fit \"directory\"; expected a relative path inside the source tree, "
      "without blanks and colons\n"
      "x.toml:16:9: \"a/../../b\" does not fit \"udev\"; expected a relative path that does not leave its "
      "directory\n"
      "x.toml:17:22: \"\" does not fit \"file\"; expected a relative path that does not leave its directory\n"
      "x.toml:17:31: \"x//y\" does not fit \"as\"; expected a relative path that does not leave its "
      "directory\n");
}
