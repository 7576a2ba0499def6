// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/digest.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("the digest of nothing and of abc are those of FIPS 180-4") {
  CHECK(crypto::sha256("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(crypto::sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("bytes in pieces have the digest of the whole") {
  crypto::Sha256 hash;
  hash.update("a");
  hash.update("bc");

  CHECK(hash.finish() == crypto::sha256("abc"));
}

TEST_CASE("a digest of the wrong length or with a wrong digit is refused") {
  CHECK_FALSE(crypto::Digest::parse("abc").has_value());
  CHECK_FALSE(crypto::Digest::parse(std::string(64, 'g')).has_value());
  CHECK(crypto::Digest::parse(std::string(64, 'A')).has_value());
}
