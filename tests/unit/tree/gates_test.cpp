// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gates.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using tree::Gate;
using tree::Grade;
using tree::HeaderOrigin;
using tree::Point;
using tree::PointResult;
using Points = std::vector<Point>;

namespace {

Point point(Gate gate, PointResult result) {
  return {.gate = gate, .result = result, .note = "the note"};
}

}  // namespace

TEST_CASE("equal symbols or equal types verify a source") {
  CHECK(tree::grade_of({point(Gate::symbols, PointResult::equal),
                        point(Gate::types, PointResult::unknown)}) == Grade::verified);
  CHECK(tree::grade_of({point(Gate::symbols, PointResult::unknown),
                        point(Gate::types, PointResult::equal)}) == Grade::verified);
}

TEST_CASE("an equal struct module and vermagic alone prove nothing") {
  CHECK(tree::grade_of({point(Gate::layout, PointResult::equal),
                        point(Gate::vermagic, PointResult::equal)}) == Grade::unverified);
}

TEST_CASE("modules of the kernel that come out equal make a tree exact") {
  CHECK(tree::grade_of({point(Gate::canary, PointResult::equal)}) == Grade::exact);
}

TEST_CASE("code that differs says nothing against a source whose symbols are equal, and all without them") {
  CHECK(tree::grade_of({point(Gate::symbols, PointResult::equal),
                        point(Gate::canary, PointResult::differs)}) == Grade::verified);
  CHECK(tree::grade_of({point(Gate::symbols, PointResult::unknown),
                        point(Gate::canary, PointResult::differs)}) == Grade::unverified);
}

TEST_CASE("symbols that differ say nothing against the kernel's own headers if types prove them") {
  const Points points = {point(Gate::symbols, PointResult::differs), point(Gate::types, PointResult::equal)};
  const Points without_types = {point(Gate::symbols, PointResult::differs),
                                point(Gate::types, PointResult::unknown),
                                point(Gate::canary, PointResult::equal)};

  CHECK(tree::grade_of(points, HeaderOrigin::kernel) == Grade::verified);
  CHECK(tree::grade_of(points, HeaderOrigin::source) == Grade::unverified);
  CHECK(tree::grade_of(without_types, HeaderOrigin::kernel) == Grade::unverified);
}

TEST_CASE("one point that differs outweighs all that are equal") {
  const Points points = {point(Gate::symbols, PointResult::equal), point(Gate::canary, PointResult::equal),
                         point(Gate::types, PointResult::differs)};

  CHECK(tree::grade_of(points) == Grade::unverified);
  CHECK(tree::Proof{.points = points}.is_contradicted());
}

TEST_CASE("an objection names what differs and how much more there is") {
  const tree::Proof proof{.grade = Grade::unverified,
                          .points = {{.gate = Gate::types,
                                      .result = PointResult::differs,
                                      .compared = 900,
                                      .equal = 893,
                                      .differing = {"a", "b", "c", "d", "e", "f", "g"}}}};

  CHECK(tree::objection(proof) ==
        "source or configuration is not the kernel's: 7 of 900 types differ: a; b; c; d; e; f; and 1 more");
}

TEST_CASE("an objection to what nothing proves says what is missing") {
  const tree::Proof proof{.grade = Grade::unverified,
                          .points = {{.gate = Gate::symbols, .note = "MODVERSIONS is off"},
                                     {.gate = Gate::types, .note = "the kernel has no BTF"}}};

  CHECK(tree::objection(proof) ==
        "nothing proves that the source is the kernel's: MODVERSIONS is off; the kernel has no BTF");
}

TEST_CASE("a tree that is verified has no objection") {
  CHECK(tree::objection({.grade = Grade::verified}).empty());
}
