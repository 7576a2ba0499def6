// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/url.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("scheme and host are told, whatever user and port are beside them") {
  CHECK(fetch::scheme_of("HTTPS://Example.org/x") == "https");
  CHECK(fetch::scheme_of("git@github.com:owner/name") == "");
  CHECK(fetch::host_of("https://user:secret@example.org:8443/x@y") == "example.org");
  CHECK(fetch::host_of("https://example.org?x") == "example.org");
  CHECK(fetch::host_of("http://[::1]:80/") == "[::1]");
  CHECK(fetch::host_of("file:///tmp/x") == "");
}

TEST_CASE("user and password are not shown, and an at sign in the path stays") {
  CHECK(fetch::without_credentials("https://user:secret@example.org/x") == "https://example.org/x");
  CHECK(fetch::without_credentials("https://example.org/x@1.0") == "https://example.org/x@1.0");
  CHECK(fetch::without_credentials("no url@all") == "no url@all");
}

TEST_CASE("blanks, control characters and bytes that are not ASCII are not clean") {
  CHECK(fetch::is_clean_url("https://example.org/a%20b?c=d&e=[f]#g"));
  CHECK_FALSE(fetch::is_clean_url("https://example.org/a b"));
  CHECK_FALSE(fetch::is_clean_url("https://example.org/\r\nHost: evil"));
  CHECK_FALSE(fetch::is_clean_url("https://\xC3\xA9.org/"));
}
