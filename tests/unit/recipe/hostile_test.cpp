// SPDX-License-Identifier: GPL-2.0-or-later
#include "a_recipe.hpp"

#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::recipe;

namespace {

std::string a_repetition(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

const std::string too_deep =
    "values or keys are nested too deep; expected at most 16 open brackets and 16 points outside of quotes "
    "in a line\n";

}  // namespace

TEST_CASE("a file larger than any recipe is refused unread") {
  const auto text = a_repetition("a", 10'000'000);

  CHECK(mistakes_of(text) == "x.toml:1:1: file of 10000000 bytes; expected at most 1048576 bytes\n");
}

TEST_CASE("a header of half a million tables does not overflow the stack") {
  const auto text = "[" + a_repetition("a.", 500'000) + "a]\n";

  CHECK(mistakes_of(text) == "x.toml:1:35: " + too_deep);
}

TEST_CASE("lists nested without end do not overflow the stack") {
  const auto text = "a = " + a_repetition("[", 1'000'000);

  CHECK(mistakes_of(text) == "x.toml:1:21: " + too_deep);
}

TEST_CASE("quotes do not hide nesting") {
  const auto text = "x = '''\n''']\n" + a_repetition("\"[\".", 200'000) + "a = 1\n";

  CHECK(mistakes_of(text) == "x.toml:3:68: " + too_deep);
}

TEST_CASE("points and brackets in quotes and comments are not nesting") {
  const auto text =
      a_recipe_and("options = \"" + a_repetition(".[", 40) + "\"  # " + a_repetition(".[", 40) + "\n");

  CHECK(mistakes_of(text).empty());
}

TEST_CASE("a hundred mistakes are told and the rest is counted") {
  const auto text = small_recipe + "zebra = 1\n" + a_repetition("[[source]]\nzebra = 1\n", 1000);

  const auto parsed = parse(text, "x.toml");

  REQUIRE(parsed.mistakes.size() == most_mistakes + 1);
  CHECK(parsed.mistakes.back().message.ends_with(" more mistakes"));
}

TEST_CASE("a list of a hundred thousand steps is read") {
  const auto text = a_recipe_and("[build]\nsteps = [" + a_repetition("[\"a\"],", 100'000) + "]\n");

  CHECK(mistakes_of(text).empty());
}

TEST_CASE("an argument of placeholders that are never closed is refused in the time of reading it") {
  const auto text = a_recipe_and("[build]\nsteps = [[\"" + a_repetition("${", 400'000) + "\"]]\n");

  CHECK(parse(text, "x.toml").mistakes.size() == 1);
}

TEST_CASE("a key of a megabyte is shown in part") {
  const auto text = a_repetition("k", 1'000'000) + " = 1\n";

  const auto parsed = parse(text, "x.toml");

  REQUIRE_FALSE(parsed.mistakes.empty());
  CHECK(parsed.mistakes.front().message == "unknown key \"" + a_repetition("k", 60) + "...\"");
}

TEST_CASE("a NUL byte in the file is a mistake of syntax with its place") {
  const auto mistakes = parse(std::string("format = 1\nna\0me = 2\n", 21), "x.toml").mistakes;

  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].line == 2);
  CHECK(mistakes[0].message.starts_with("not TOML: "));
  CHECK(mistakes[0].message.find('\0') == std::string::npos);
}

TEST_CASE("a NUL that a text spells as an escape is refused") {
  CHECK(mistakes_of(a_recipe_and("options = \"a\\u0000b\"\n")) ==
        "x.toml:10:11: \"options\" holds a control character; expected one line without tabs\n");
}

TEST_CASE("invalid UTF-8 is a mistake of syntax and stays out of the message") {
  const auto mistakes = parse("format = 1\nname = \"\xFF\xFE\"\n", "x.toml").mistakes;

  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].line == 2);
  CHECK(mistakes[0].message == valid_utf8(mistakes[0].message));
}

TEST_CASE("an escape sequence in a key does not reach the terminal") {
  const auto parsed = parse(a_recipe_and("\"\\u001b[31m\" = 1\n"), "x.toml");

  REQUIRE(parsed.mistakes.size() == 1);
  CHECK(parsed.mistakes[0].message == "unknown key \"\\x1b[31m\" in [[module]]");
}

TEST_CASE("an empty file lacks what is required and nothing else") {
  CHECK(
      mistakes_of("") ==
      "x.toml:1:1: \"format\" is missing; expected a whole number\n"
      "x.toml:1:1: \"name\" is missing; expected lower-case letters, digits and +._- after a letter or "
      "digit, at most 100\n"
      "x.toml:1:1: \"summary\" is missing; expected a text that is not empty\n"
      "x.toml:1:1: \"source\" is missing; expected at least one [[source]]\n"
      "x.toml:1:1: \"module\" is missing; expected at least one [[module]]\n"
      "x.toml:1:1: \"version\" is missing; expected a version, since no source is a package that tells it\n");
}
