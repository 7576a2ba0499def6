// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kmod_features.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;

namespace {

std::string a_kmod(const std::string& features) {
  return std::string(
             "\x7f"
             "ELF\0\0kmod version %s\0",
             22) +
         features + std::string("\0%s: error\0", 12);
}

}  // namespace

TEST_CASE("kmod is read for what it unpacks, and a minus counts") {
  const auto some = kernel::features_of_kmod(a_kmod("+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL"));
  const auto old = kernel::features_of_kmod(a_kmod("-XZ +ZLIB -EXPERIMENTAL"));

  CHECK(some == std::vector<std::string>{"xz", "zst"});
  CHECK(old == std::vector<std::string>{"gz"});
}

TEST_CASE("of a program that says nothing of it nothing is known") {
  CHECK_FALSE(kernel::features_of_kmod("\x7f"
                                       "ELF busybox")
                  .has_value());
}

TEST_CASE("the kmod of a root is asked, and a root without one is no error") {
  FakeRoot world;
  CHECK_FALSE(kernel::modprobe_unpacks(world.root()).value().has_value());

  world.file("/usr/bin/kmod", a_kmod("+ZSTD +XZ +ZLIB +OPENSSL"));
  CHECK(kernel::modprobe_unpacks(world.root()).value() == std::vector<std::string>{"gz", "xz", "zst"});
}

TEST_CASE("the kernel's word for a compression becomes the suffix of files") {
  CHECK(kernel::suffix_of("gzip") == "gz");
  CHECK(kernel::suffix_of("zstd") == "zst");
  CHECK(kernel::suffix_of("").empty());
}
