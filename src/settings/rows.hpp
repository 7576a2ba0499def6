// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/row.hpp"
#include "settings/settings.hpp"

namespace kpkg {

template <>
recipe::Rows<settings::Settings> recipe::rows_of<settings::Settings>();
template <>
recipe::Rows<settings::Headers> recipe::rows_of<settings::Headers>();
template <>
recipe::Rows<settings::Mainline> recipe::rows_of<settings::Mainline>();
template <>
recipe::Rows<settings::KernelSource> recipe::rows_of<settings::KernelSource>();

namespace settings {

/// What no single key of [[kernel-source]] can tell: either url with sha256 or git with commit.
void check(recipe::Report& report, const recipe::Node& table, KernelSource& source);

}  // namespace settings
}  // namespace kpkg
