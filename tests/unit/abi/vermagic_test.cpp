// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/vermagic.hpp"

#include <doctest/doctest.h>

using namespace kpkg::abi;

TEST_CASE("a blank at the end of vermagic counts") {
  CHECK(is_same_vermagic("6.1 SMP ", "6.1 SMP ", FirstWord::compared));
  CHECK_FALSE(is_same_vermagic("6.1 SMP", "6.1 SMP ", FirstWord::compared));
  CHECK_FALSE(is_same_vermagic("6.1 SMP", "6.1 SMP ", FirstWord::skipped));
}

TEST_CASE("a skipped release may be anything, the words after it may not") {
  CHECK(is_same_vermagic("5.4-x SMP ", "6.1 SMP ", FirstWord::skipped));
  CHECK_FALSE(is_same_vermagic("6.1 SMP preempt ", "6.1 SMP ", FirstWord::skipped));
  CHECK_FALSE(is_same_vermagic("6.1", "6.1 SMP ", FirstWord::skipped));
}

TEST_CASE("the difference names the words that are missing and those that are too much") {
  CHECK(vermagic_difference("6.1 SMP preempt_rt ", "6.1 SMP preempt modversions ", FirstWord::compared) ==
        "'preempt', 'modversions' missing; 'preempt_rt' too much");
}

TEST_CASE("the difference names the release only where the kernel compares it") {
  CHECK(vermagic_difference("5.4 SMP ", "6.1 ", FirstWord::compared) ==
        "the release is 5.4 instead of 6.1; 'SMP' too much");
  CHECK(vermagic_difference("5.4 SMP ", "6.1 ", FirstWord::skipped) == "'SMP' too much");
}

TEST_CASE("a difference in blanks or in order alone is called so") {
  CHECK(vermagic_difference("6.1 SMP", "6.1 SMP ", FirstWord::compared) == "only blanks differ");
  CHECK(vermagic_difference("6.1 a b", "6.1 b a", FirstWord::compared) == "the order of words differs");
}

TEST_CASE("only the release differs if all that follows it is the same to the last blank") {
  CHECK(only_release_differs("5.4 SMP ", "6.1 SMP "));
  CHECK_FALSE(only_release_differs("5.4 SMP", "6.1 SMP "));
  CHECK_FALSE(only_release_differs("6.1 SMP ", "6.1 SMP "));
}
