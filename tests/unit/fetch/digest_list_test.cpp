// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/digest_list.hpp"

#include "support/fake_runner.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

const std::string ones(64, '1');
const std::string twos(64, '2');

std::string digest_of(const std::string& list, const std::string& name) {
  const auto found = fetch::digest_in_list(list, name);
  REQUIRE(found.has_value());
  return *found ? (*found)->hex() : "none";
}

}  // namespace

TEST_CASE("the digest of a file is on the line that has its whole name") {
  const auto list = ones + "  linux-6.1.1.tar.xz\n" + twos + " *linux-6.1.tar.xz\n";

  CHECK(digest_of(list, "linux-6.1.1.tar.xz") == ones);
  CHECK(digest_of(list, "linux-6.1.tar.xz") == twos);
  CHECK(digest_of(list, "6.1.tar.xz") == "none");
  CHECK(digest_of("", "x") == "none");
}

TEST_CASE("lines that are no digest are passed over") {
  CHECK(digest_of("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + ones + "  x\r\n-----END\n", "x") ==
        ones);
  CHECK(digest_of(ones.substr(1) + "g  x\n" + ones + "0 x\n", "x") == "none");
}

TEST_CASE("a list with two digests for one file is worth nothing") {
  const auto found = fetch::digest_in_list(ones + "  x\n" + twos + "  x\n", "x");

  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().kind == ErrorKind::corrupt);
  CHECK(digest_of(ones + "  x\n" + ones + "  x\n", "x") == ones);
}

TEST_CASE("what is signed is what gpgv writes, once it says that a signature is good") {
  support::FakeRunner runner;
  runner.on("gpgv --keyring /keys --output - -- /list", {.output = "signed"});

  CHECK(fetch::signed_text(runner, "/list", "/keys") == "signed");
}

TEST_CASE("a list without a good signature is not trusted") {
  support::FakeRunner runner;
  runner.on("gpgv", {.status = 1, .output = "text", .errors = "gpgv: BAD signature\n"});

  const auto text = fetch::signed_text(runner, "/list", "/keys");

  REQUIRE_FALSE(text.has_value());
  CHECK(text.error().kind == ErrorKind::trust);
  CHECK(text.error().message == "no key of /keys has signed the list of digests: gpgv: BAD signature");
}
