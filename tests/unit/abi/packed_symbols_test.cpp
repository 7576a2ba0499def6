// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/packed_symbols.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

abi::SymbolTable a_table() {
  return abi::SymbolTable::from(
      {{.name = "usb_submit_urb", .crc = 0x1111, .owner = "drivers/usb/core/usbcore", .gpl_only = true},
       {.name = "vb2_read", .crc = 0xffffffff, .owner = "vmlinux"},
       {.name = "dma_buf_fd", .crc = 0, .owner = "vmlinux", .gpl_only = true, .name_space = "DMA_BUF"}});
}

/// `bytes` with one byte replaced.
std::string altered(std::string bytes, std::size_t offset, char value) {
  bytes.at(offset) = value;
  return bytes;
}

std::string why_not(const std::string& bytes) {
  const auto table = abi::unpack_symbols(bytes);
  return table ? "it is sound" : table.error().text();
}

}  // namespace

TEST_CASE("symbols come back from bytes as they were") {
  CHECK(abi::unpack_symbols(abi::pack_symbols(a_table())).value() == a_table());
}

TEST_CASE("a table without symbols comes back empty") {
  CHECK(abi::unpack_symbols(abi::pack_symbols({})).value() == abi::SymbolTable());
}

TEST_CASE("bytes that were cut anywhere are damaged") {
  const auto whole = abi::pack_symbols(a_table());

  std::size_t accepted = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    accepted += abi::unpack_symbols(whole.substr(0, size)).has_value() ? 1 : 0;

  CHECK(accepted == 0);
  CHECK_FALSE(abi::unpack_symbols(whole + '\0').has_value());
}

TEST_CASE("a number of symbols that the bytes cannot hold is refused before anything is allocated") {
  const auto whole = abi::pack_symbols(a_table());

  CHECK(why_not(altered(whole, 3, '\x7f')).find("does not fit their size") != std::string::npos);
  CHECK(why_not(altered(whole, 7, '\x7f')).find("more names than text") != std::string::npos);
}

TEST_CASE("a symbol whose owner or namespace is not in the bytes is refused") {
  const auto whole = abi::pack_symbols(a_table());

  CHECK(why_not(altered(whole, whole.size() - 1, '\x01')).find("is not there") != std::string::npos);
  CHECK(why_not(altered(whole, whole.size() - 13, '\x01')).find("is not there") != std::string::npos);
}

TEST_CASE("a name with a line end would forge a line of Module.symvers and is refused") {
  const auto whole = abi::pack_symbols(a_table());

  CHECK(why_not(altered(whole, 16, '\n')).find("control characters") != std::string::npos);
}

TEST_CASE("symbols that are not in order are put in order") {
  const auto swapped = altered(abi::pack_symbols(a_table()), 16, 'z');

  const auto table = abi::unpack_symbols(swapped).value();

  CHECK(table.at(2).name == "zma_buf_fd");
  CHECK(table.find("zma_buf_fd").has_value());
}
