// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/message_line.hpp"

#include <doctest/doctest.h>

using kpkg::abi::message_in;

TEST_CASE("times, priorities and hosts are no part of a message") {
  CHECK(message_in("[   12.345678] m: text\n") == "m: text");
  CHECK(message_in("[   12.345678][  T123] m: text") == "m: text");
  CHECK(message_in("[Sat Nov 21 11:19:07 2026] m: text") == "m: text");
  CHECK(message_in("[  +0.000012] m: text") == "m: text");
  CHECK(message_in("<4>[   12.3] m: text") == "m: text");
  CHECK(message_in("4,1234,5678901,-;m: text") == "m: text");
  CHECK(message_in("kern  :warn  : [   12.3] m: text") == "m: text");
  CHECK(message_in("Nov 21 11:19:07 host kernel: [   12.3] m: text") == "m: text");
  CHECK(message_in("2026-11-21T11:19:07.123456+00:00 host kernel: m: text") == "m: text");
}

TEST_CASE("the words that the kernel puts before all messages of its loader are no part of one") {
  CHECK(message_in("[ 1.0] module: m: Unknown rela relocation: 9") == "m: Unknown rela relocation: 9");
  CHECK(message_in("Modules: module m: unsupported RELA relocation: 9") ==
        "module m: unsupported RELA relocation: 9");
  CHECK(message_in("module: x86/modules: Invalid relocation target") == "Invalid relocation target");
}

TEST_CASE("what looks like the head of a log and is part of a message stays") {
  CHECK(message_in("[drm] text") == "[drm] text");
  CHECK(message_in("m: bad vermagic: kernel tainted.") == "m: bad vermagic: kernel tainted.");
  CHECK(message_in("not a kernel: text") == "not a kernel: text");
  CHECK(message_in("a,b;c") == "a,b;c");
  CHECK(message_in("[") == "[");
  CHECK(message_in("kern ") == "kern");
  CHECK(message_in("  ").empty());
}
