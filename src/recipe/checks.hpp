// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/document.hpp"
#include "recipe/recipe.hpp"
#include "recipe/report.hpp"

namespace kpkg::recipe {

// What no single key can tell: rules between the keys of one table. Each is called once, after the keys of
// `table` were read into the value; a key that was wrong is still in `table`, so that it is not missing as
// well.

/// Exactly one kind of source, with the keys that this kind demands and no others.
void check(Report& report, const Node& table, Source& source);

/// A condition says something.
void check(Report& report, const Node& table, Condition& condition);

/// A variant replaces something, by parts that fit together.
void check(Report& report, const Node& table, Variant& variant);

/// The parts of the recipe fit together.
void check(Report& report, const Node& table, Recipe& recipe);

}  // namespace kpkg::recipe
