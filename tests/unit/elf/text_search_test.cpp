// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/text_search.hpp"

#include <doctest/doctest.h>

#include <string>

using kpkg::elf::contains_each;

namespace {

std::vector<bool> search(std::string_view bytes, const std::vector<std::string_view>& texts) {
  return contains_each(bytes, texts);
}

}  // namespace

TEST_CASE("each text is found that is there, wherever, and none that is not") {
  const std::string bytes =
      "first text" + std::string(1000, '\0') + "in the middle" + std::string(999, 'x') + "last";

  CHECK(search(bytes, {"first text", "the middle", "last", "lost", "firsttext"}) ==
        std::vector{true, true, true, false, false});
}

TEST_CASE("texts that overlap, contain each other or share their ends are all found") {
  CHECK(search("..abcabcd..", {"abcabc", "bcabcd", "abcd", "cab", "abcde"}) ==
        std::vector{true, true, true, true, false});
  CHECK(search("aaaaaaab", {"aaab", "ab", "aaaaaaaab"}) == std::vector{true, true, false});
}

TEST_CASE("a text longer than the bytes is not there, and the empty one is") {
  CHECK(search("ab", {"abc", "", "a", "ab"}) == std::vector{false, true, true, true});
  CHECK(search("", {"a", ""}) == std::vector{false, true});
  CHECK(search("abc", {}).empty());
}

TEST_CASE("texts that begin with the last bytes are not read past the end") {
  CHECK(search("....no sym", {"no symbol", "no symb"}) == std::vector{false, false});
}

TEST_CASE("long texts are told from others that begin alike") {
  const std::string text(300, 'm');

  CHECK(search(text + "n", {text + "n", text + "o", text}) == std::vector{true, false, true});
}
