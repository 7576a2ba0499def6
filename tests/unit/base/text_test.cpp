// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("an empty text has one empty part and no words") {
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(words("  \t ").empty());
}

TEST_CASE("a last line without an end counts as a line") {
  CHECK(lines("a\nb") == std::vector<std::string>{"a", "b"});
  CHECK(lines("a\nb\n") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the nearest candidate is suggested, and nothing when all are far") {
  const std::vector<std::string> names = {"summary", "license", "homepage"};

  CHECK(nearest("sumary", names) == "summary");
  CHECK_FALSE(nearest("zebra", names).has_value());
}

TEST_CASE("invalid UTF-8 becomes the replacement character, byte by byte") {
  CHECK(valid_utf8("caf\xC3\xA9") == "caf\xC3\xA9");
  CHECK(valid_utf8("a\xFF"
                   "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(valid_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("an escape sequence cannot reach the terminal") {
  CHECK(printable("\x1B[31mred\x07") == "\\x1b[31mred\\x07");
}

TEST_CASE("a name is told in one line and never in full when it is longer than a name can be") {
  CHECK(told_name("tty0tty") == "tty0tty");
  CHECK(told_name("new\nline\tand \x1B") == "new\\x0aline\\x09and \\x1b");
  CHECK(told_name(std::string(5000, 'x')).size() < 160);
}

TEST_CASE("a module name with dashes is the one with underscores") {
  CHECK(module_key("snd-usb-audio") == "snd_usb_audio");
}
