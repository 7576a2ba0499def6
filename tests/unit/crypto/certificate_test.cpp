// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/certificate.hpp"

#include "support/signing_key.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

TEST_CASE("a certificate says who has which key") {
  const auto certificate = crypto::parse_certificate(an_rsa_key("Secure Boot Signer").certificate()).value();

  CHECK(certificate.name == "Secure Boot Signer");
  CHECK(certificate.issuer_name == "Secure Boot Signer");
  CHECK(certificate.key_type == "rsa 2048");
  CHECK(certificate.key_id.size() == 20);
  CHECK(certificate.serial.size() == 2);
  CHECK(crypto::parse_certificate(a_key().certificate()).value().key_type == "ecdsa 256");
}

TEST_CASE("bytes that are no certificate, or more than one, are corrupt") {
  const auto der = a_key().certificate();

  CHECK_FALSE(crypto::parse_certificate("").has_value());
  CHECK_FALSE(crypto::parse_certificate("text").has_value());
  CHECK_FALSE(crypto::parse_certificate(der.substr(0, der.size() - 1)).has_value());
  CHECK_FALSE(crypto::parse_certificate(der + "x").has_value());
}

TEST_CASE("a digest has the bytes of its algorithm, and none where the algorithm is not known") {
  CHECK(crypto::digest_by("sha256", "abc").value().size() == 32);
  CHECK(crypto::digest_by("sha1", "abc").value().size() == 20);
  CHECK_FALSE(crypto::digest_by("streebog256", "abc").has_value());
}
