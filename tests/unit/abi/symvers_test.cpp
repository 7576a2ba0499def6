// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/symvers.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::KernelSymbol;

namespace {

KernelSymbol only_symbol_of(std::string_view text) {
  return abi::parse_symvers(text).value().at(0);
}

std::string mistake_in(std::string_view text) {
  return abi::parse_symvers(text).error().message;
}

}  // namespace

TEST_CASE("the columns of every era yield the same symbol") {
  const KernelSymbol plain{"usb_submit_urb", 0x1234abcd, "drivers/usb/core/usbcore", true, ""};
  const KernelSymbol spaced{"usb_submit_urb", 0x1234abcd, "drivers/usb/core/usbcore", true, "USB"};

  CHECK(only_symbol_of("0x1234abcd\tusb_submit_urb\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\n") == plain);
  CHECK(only_symbol_of("0x1234abcd\tusb_submit_urb\tUSB\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\n") ==
        spaced);
  CHECK(only_symbol_of("0x1234abcd\tusb_submit_urb\t\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\n") ==
        plain);
  CHECK(only_symbol_of("0x1234abcd\tusb_submit_urb\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\tUSB\n") ==
        spaced);
  CHECK(only_symbol_of("0x1234abcd\tusb_submit_urb\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\t\n") ==
        plain);
}

TEST_CASE("GPL_FUTURE and UNUSED symbols are for everyone, UNUSED_GPL ones are not") {
  CHECK_FALSE(only_symbol_of("0x1\tx\tvmlinux\tEXPORT_SYMBOL_GPL_FUTURE\n").gpl_only);
  CHECK_FALSE(only_symbol_of("0x1\tx\tvmlinux\tEXPORT_UNUSED_SYMBOL\n").gpl_only);
  CHECK(only_symbol_of("0x1\tx\tvmlinux\tEXPORT_UNUSED_SYMBOL_GPL\n").gpl_only);
}

TEST_CASE("a symbol is found by its whole name only, whatever the order of the lines") {
  const auto table = abi::parse_symvers(
      "0x3\tc\tvmlinux\tEXPORT_SYMBOL\t\n0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n0x2\tab\tvmlinux\tEXPORT_"
      "SYMBOL\t\n");

  CHECK(table->size() == 3);
  CHECK(table->find("a")->crc == 1);
  CHECK(table->find("ab")->crc == 2);
  CHECK(table->find("c")->crc == 3);
  CHECK_FALSE(table->find("abc").has_value());
  CHECK_FALSE(table->find("").has_value());
}

TEST_CASE("of two lines with one symbol the first counts") {
  const auto table = abi::parse_symvers("0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n0x2\ta\tother\tEXPORT_SYMBOL\t\n");

  CHECK(table->size() == 1);
  CHECK(table->find("a")->crc == 1);
}

TEST_CASE("a text without lines is an empty table, and a last line needs no end") {
  CHECK(abi::parse_symvers("")->size() == 0);
  CHECK(abi::parse_symvers("0x1\ta\tvmlinux\tEXPORT_SYMBOL")->size() == 1);
}

TEST_CASE("a malformed line is refused with its number") {
  const std::string good = "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n";

  CHECK(mistake_in(good + "0x1 b vmlinux EXPORT_SYMBOL\n") ==
        "line 2 of Module.symvers has not four or five columns");
  CHECK(mistake_in(good + "\n") == "line 2 of Module.symvers has not four or five columns");
  CHECK(mistake_in("zz\ta\tvmlinux\tEXPORT_SYMBOL\n") ==
        "line 1 of Module.symvers begins with 'zz', not with a CRC");
  CHECK(mistake_in("0x123456789\ta\tvmlinux\tEXPORT_SYMBOL\n")
            .starts_with("line 1 of Module.symvers begins with"));
  CHECK(mistake_in("0x1\t\tvmlinux\tEXPORT_SYMBOL\n") == "line 1 of Module.symvers has no symbol");
  CHECK(mistake_in("0x1\ta\tvmlinux\tSYMBOL\n") == "line 1 of Module.symvers has no column EXPORT_SYMBOL");
  CHECK(mistake_in(good + std::string("0x1\tb\0c\tvmlinux\tEXPORT_SYMBOL\n", 27)) ==
        "line 2 of Module.symvers has control characters");
  CHECK(mistake_in("0x1\ta\tv\tEXPORT_SYMBOL\t\t\n") ==
        "line 1 of Module.symvers has not four or five columns");
}

TEST_CASE("a table survives being written and read again") {
  const auto table = abi::SymbolTable::from(
      {{"b", 2, "drivers/x", true, "NS"}, {"a", 1, "vmlinux", false, ""}, {"c", 0, "drivers/x", false, ""}});

  CHECK(abi::parse_symvers(abi::symvers_text(table)) == table);
}
