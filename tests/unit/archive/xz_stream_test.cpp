// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/xz_stream.hpp"

#include "archive/compression.hpp"
#include "archives.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using archive_test::compressed;

namespace {

std::string a_stream(const std::string& content) {
  return compressed(content, "xz");
}

/// Bytes in which the magic of xz stands, and no stream.
const std::string a_trap = std::string("\xFD\x37\x7A\x58\x5A\x00", 6) + "just text that follows a magic YZ";

}  // namespace

TEST_CASE("a stream among other bytes is found whole, whatever its place") {
  const auto stream = a_stream(std::string(5000, 'x') + "the end");

  const auto bytes = "odd" + a_trap + stream + "and more bytes YZ behind it";
  const auto found = archive::xz_streams(bytes);

  REQUIRE(found.size() == 1);
  CHECK(found.front() == stream);
  CHECK(archive::decompress(found.front(), 1U << 20).value().ends_with("the end"));
}

TEST_CASE("streams behind each other are found one by one") {
  const auto first = a_stream("first");
  const auto second = a_stream("second");

  const auto bytes = first + "between" + second;
  const auto found = archive::xz_streams(bytes);

  REQUIRE(found.size() == 2);
  CHECK(found[0] == first);
  CHECK(found[1] == second);
}

TEST_CASE("a stream that is cut off is none") {
  const auto stream = a_stream("some content");

  CHECK(archive::xz_streams(stream.substr(0, stream.size() - 1)).empty());
  CHECK(archive::xz_streams(a_trap).empty());
  CHECK(archive::xz_streams("").empty());
}
