// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/sealed.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

TEST_CASE("sealed bytes come out as they went in") {
  CHECK(crypto::unsealed(crypto::sealed("abc")) == "abc");
  CHECK(crypto::unsealed(crypto::sealed("")) == "");
}

TEST_CASE("the seal stands behind the bytes") {
  const auto sealed = crypto::sealed("abc");

  CHECK(sealed.size() == 3 + crypto::seal_size);
  CHECK(sealed.substr(0, 3) == "abc");
}

TEST_CASE("bytes that were altered or cut, and those without a seal, are none") {
  auto altered = crypto::sealed("abc");
  altered[0] = 'x';
  const auto whole = crypto::sealed("abc");

  CHECK(crypto::unsealed(altered) == std::nullopt);
  CHECK(crypto::unsealed(whole.substr(0, whole.size() - 1)) == std::nullopt);
  CHECK(crypto::unsealed("abc") == std::nullopt);
  CHECK(crypto::unsealed("") == std::nullopt);
}
