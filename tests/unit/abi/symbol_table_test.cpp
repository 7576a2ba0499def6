// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/symbol_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kpkg;

namespace {

abi::SymbolTable a_table() {
  return abi::SymbolTable::from(
      {{.name = "usb_submit_urb", .crc = 0x1111, .owner = "drivers/usb/core/usbcore", .gpl_only = true},
       {.name = "vb2_read", .crc = 0xffffffff, .owner = "vmlinux"},
       {.name = "dma_buf_fd", .crc = 0, .owner = "vmlinux", .gpl_only = true, .name_space = "DMA_BUF"}});
}

std::string some_bytes() {
  return std::string(a_table().bytes());
}

/// `bytes` with one byte replaced.
std::string altered(std::string bytes, std::size_t offset, char value) {
  bytes.at(offset) = value;
  return bytes;
}

Result<abi::SymbolTable> read(std::string bytes) {
  return abi::SymbolTable::read(SharedBytes(std::move(bytes)));
}

std::string why_not(const std::string& bytes) {
  const auto table = read(bytes);
  return table ? "it is sound" : table.error().text();
}

}  // namespace

TEST_CASE("symbols come back from bytes as they were") {
  CHECK(read(some_bytes()).value() == a_table());
  CHECK(read(some_bytes()).value().at(0) ==
        abi::KernelSymbol{
            .name = "dma_buf_fd", .crc = 0, .owner = "vmlinux", .gpl_only = true, .name_space = "DMA_BUF"});
}

TEST_CASE("a table without symbols comes back empty") {
  CHECK(read(std::string(abi::SymbolTable().bytes())).value() == abi::SymbolTable());
  CHECK(abi::SymbolTable::from(std::vector<abi::KernelSymbol>()).size() == 0);
  CHECK_FALSE(abi::SymbolTable().find("vb2_read").has_value());
}

TEST_CASE("every symbol of a large table is found, and none beside them") {
  std::vector<abi::KernelSymbol> symbols;
  for (std::uint32_t number = 0; number < 100; ++number)
    symbols.push_back({.name = fmt::format("symbol_{:02}", number), .crc = number, .owner = "vmlinux"});
  for (std::size_t size = 0; size <= symbols.size(); ++size) {
    const std::vector some(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(size));
    const auto table = abi::SymbolTable::from(some);
    REQUIRE(read(std::string(table.bytes())).value() == table);
    for (std::size_t index = 0; index < size; ++index) {
      CHECK(table.find(symbols[index].name) == symbols[index]);
      CHECK(table.at(index) == symbols[index]);
      CHECK_FALSE(table.find(symbols[index].name + "_").has_value());
    }
    CHECK_FALSE(table.find("").has_value());
    CHECK_FALSE(table.find("a").has_value());
    CHECK_FALSE(table.find("z").has_value());
  }
}

TEST_CASE("bytes that were cut anywhere are damaged") {
  const auto whole = some_bytes();

  std::size_t accepted = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    accepted += read(whole.substr(0, size)).has_value() ? 1 : 0;

  CHECK(accepted == 0);
  CHECK_FALSE(read(whole + '\0').has_value());
}

TEST_CASE("a number of symbols that the bytes cannot hold is refused before anything is read") {
  CHECK(why_not(altered(some_bytes(), 3, '\x7f')).find("does not fit their size") != std::string::npos);
  CHECK(why_not(altered(some_bytes(), 7, '\x7f')).find("does not fit their size") != std::string::npos);
}

TEST_CASE("numbers whose sum is 0 where a size has 32 bits do not fit a header alone") {
  using namespace std::string_literals;
  const auto header = "\0\0\0\x40\0\0\0\x3c\0\0\0\0\0\0\0\0"s;  // 0x40000000 symbols, 0x3c000000 owners

  CHECK(read(header).error().kind == ErrorKind::corrupt);
  CHECK(why_not(header).find("does not fit their size") != std::string::npos);
}

TEST_CASE("a symbol whose owner or namespace is not in the bytes is refused") {
  const auto whole = some_bytes();

  CHECK(why_not(altered(whole, whole.size() - 1, '\x01')).find("is not there") != std::string::npos);
  CHECK(why_not(altered(whole, whole.size() - 13, '\x01')).find("is not there") != std::string::npos);
}

TEST_CASE("a name with a line end would forge a line of Module.symvers and is refused") {
  CHECK(why_not(altered(some_bytes(), 16, '\n')).find("control characters") != std::string::npos);
}

TEST_CASE("symbols that are not in order are refused, as they would not be found") {
  CHECK(why_not(altered(some_bytes(), 16, 'z')).find("not in order") != std::string::npos);
}

TEST_CASE("a name that is not where it is looked for is refused") {
  const auto whole = some_bytes();
  const auto marks = whole.size() - 3 * 3 * 4 - (1 + 2 + 2) * 4;  // below them: three numbers a symbol

  for (std::size_t mark = 0; mark < 5; ++mark)
    CHECK(why_not(altered(whole, marks + 4 * mark, '\x7f')).find("not where") != std::string::npos);
}
