// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/member_path.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kpkg::archive::clean_path;
using kpkg::archive::link_leading_out;
using kpkg::archive::selected;

TEST_CASE("a name is cleaned of dots, doubled and trailing slashes") {
  CHECK(clean_path("./a//b/./c/") == "a/b/c");
  CHECK(clean_path("./") == "");
  CHECK(clean_path("..a/b..") == "..a/b..");
}

TEST_CASE("a name that leads out, is absolute, has no end or has control characters is refused") {
  CHECK(clean_path("/etc/passwd").error().message == "the member \"/etc/passwd\" has an absolute name");
  CHECK(clean_path("a/../../b").error().message == "the member \"a/../../b\" leads out of its directory");
  CHECK(clean_path("a/..").error().kind == ErrorKind::corrupt);
  CHECK(clean_path("").error().kind == ErrorKind::corrupt);
  CHECK(clean_path(std::string("a\0b", 3)).error().kind == ErrorKind::corrupt);
  CHECK(clean_path("a\nb").error().message == "the member \"a\\x0ab\" has a control character in its name");
  CHECK(clean_path(std::string(256, 'x')).error().kind == ErrorKind::corrupt);
  CHECK(clean_path("a/" + std::string(2000, '/') + "b").error().kind == ErrorKind::corrupt);
}

TEST_CASE("strip takes off leading components, and what has no more of them is passed over") {
  CHECK(selected("top/src/a.c", {.strip = 1}) == "src/a.c");
  CHECK(selected("top", {.strip = 1}) == std::nullopt);
  CHECK(selected("", {}) == std::nullopt);
}

TEST_CASE("a prefix selects whole components") {
  CHECK(selected("usr/src/x-1.0/a.c", {.prefix = "usr/src/x-1.0", .strip = 3}) == "a.c");
  CHECK(selected("usr/src/x-1.0.1/a.c", {.prefix = "usr/src/x-1.0", .strip = 3}) == std::nullopt);
}

TEST_CASE("a link may lead anywhere inside") {
  CHECK(link_leading_out({{"a/b/link", "../../c"}}) == std::nullopt);
  CHECK(link_leading_out({{"link", "."}}) == std::nullopt);
  CHECK(link_leading_out({{"link", "nowhere"}}) == std::nullopt);
}

TEST_CASE("a link that leads out, at once or at last, is found") {
  CHECK(link_leading_out({{"link", "/etc"}}) == "link");
  CHECK(link_leading_out({{"link", ".."}}) == "link");
  CHECK(link_leading_out({{"a/link", "../../x"}}) == "a/link");
  CHECK(link_leading_out({{"a/link", "b/../../../x"}}) == "a/link");
}

TEST_CASE("two dots behind a link count from where the link leads, not from where it lies") {
  // By the letters z leads to a/d/e/../../.. = a, but on the disk a/d/e is the top's own f.
  const kpkg::archive::Links links = {{"a/d/e", "../../f"}, {"z", "a/d/e/../../x"}};

  CHECK(link_leading_out(links) == "z");
}

TEST_CASE("a loop of links ends and is not taken for a way out") {
  CHECK(link_leading_out({{"a", "b"}, {"b", "a"}}) == std::nullopt);
  CHECK(link_leading_out({{"a", "a/a"}}) == std::nullopt);
}
