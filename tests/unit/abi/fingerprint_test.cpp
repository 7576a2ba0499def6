// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint.hpp"

#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

TEST_CASE("a fingerprint has what modinfo says, and nothing where it says nothing") {
  const auto print = a_module()
                         .named("tty0tty")
                         .with_modinfo("version", "1.4")
                         .with_modinfo("depends", "usbcore,mc")
                         .fingerprint();

  CHECK(print.name == "tty0tty");
  CHECK(print.version == "1.4");
  CHECK(print.license == "GPL");
  CHECK(print.depends == std::vector<std::string>{"usbcore", "mc"});
  CHECK_FALSE(print.srcversion.has_value());
  CHECK_FALSE(print.intree);
}

TEST_CASE("an empty list of dependencies has none, not one without a name") {
  CHECK(a_module().with_modinfo("depends", "").fingerprint().depends.empty());
}

TEST_CASE(
    "imports are sorted, and each has the CRC that the module demands and its place in the symbol table") {
  const auto print =
      a_module().needing("zlib", 2).needing_without_version("kmalloc").needing_weakly("maybe").fingerprint();

  CHECK(print.imports == std::vector<abi::Import>{{"kmalloc", {}, {}, false, 2},
                                                  {"maybe", {}, {}, true, 3},
                                                  {"zlib", 2, {}, false, 1}});
}

TEST_CASE("the CRC of module_layout is kept although no symbol of that name is imported") {
  const auto print = a_module().with_layout_crc(0x7777).fingerprint();

  CHECK(print.layout_crc == 0x7777);
  CHECK(print.imports.empty());
}

TEST_CASE("extended CRCs stand beside the basic ones") {
  const auto print =
      a_module().needing("kmalloc", 5).with_extended_versions().without_versions().fingerprint();

  CHECK(print.imports.front() == abi::Import{"kmalloc", {}, 5, false, 1});
  CHECK(print.extended_layout_crc == 0x0badcafe);
  CHECK(print.has_extended_versions);
  CHECK_FALSE(print.has_versions);
}

TEST_CASE("the digest and size are those of all bytes, the signature included") {
  const auto bytes = a_module().signed_by_nobody(40).bytes();

  const auto print = abi::fingerprint(bytes);

  CHECK(print->digest == crypto::sha256(bytes));
  CHECK(print->size == bytes.size());
  CHECK(print->signature->signature_size == 40);
}

TEST_CASE("a damaged module has no fingerprint but the reason") {
  CHECK(abi::fingerprint("").error().kind == ErrorKind::corrupt);
}
