// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;

namespace {

/// A signed module with the byte `back` places before its end changed.
std::string a_signed_module_with(std::size_t back, char byte) {
  auto bytes = a_module().signed_by_nobody(700).bytes();
  bytes[bytes.size() - back] = byte;
  return bytes;
}

elf::SignatureTrailer signature_of(std::string_view bytes) {
  return elf::read_module(bytes)->signature.value();
}

constexpr std::size_t marker_size = 28;

}  // namespace

TEST_CASE("a trailer of the kernel's form is plausible and tells the size of the signature") {
  const auto signature = signature_of(a_module().signed_by_nobody(721).bytes());

  CHECK(signature.plausible);
  CHECK(signature.signature_size == 721);
}

TEST_CASE("a module without the marker is unsigned, and so is one with a byte after it") {
  CHECK_FALSE(elf::read_module(a_module().bytes())->signature.has_value());
  CHECK_FALSE(elf::read_module(a_module().signed_by_nobody(9).bytes() + "\n")->signature.has_value());
}

TEST_CASE("a trailer of another kind, with a parameter set or larger than the file is not plausible") {
  CHECK_FALSE(signature_of(a_signed_module_with(marker_size + 10, '\1')).plausible);
  CHECK_FALSE(signature_of(a_signed_module_with(marker_size + 12, '\1')).plausible);
  CHECK_FALSE(signature_of(a_signed_module_with(marker_size + 5, '\1')).plausible);
  CHECK_FALSE(signature_of(a_signed_module_with(marker_size + 4, '\x7f')).plausible);
}

TEST_CASE("the marker alone at the end of a module is a signature that is not plausible") {
  CHECK_FALSE(signature_of(a_module().bytes() + "~Module signature appended~\n").plausible);
}

TEST_CASE("the facts of a signed module are those of the unsigned one") {
  auto plain = elf::read_module(a_module().exporting("x", 1).bytes()).value();
  auto sealed = elf::read_module(a_module().exporting("x", 1).signed_by_nobody(64).bytes()).value();

  sealed.signature.reset();

  CHECK(plain == sealed);
}

TEST_CASE("a file of nothing but the marker is neither signed nor ELF") {
  CHECK_FALSE(elf::examine_module("~Module signature appended~\n").signature.has_value());
  CHECK(elf::read_module("~Module signature appended~\n").error().message.starts_with("the file is not ELF"));
}
