// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "elf/export_table.hpp"

namespace kpkg::elf {

// Private to elf/.

/// The exports of a kernel's memory that has no sections, as image_exports.
///
/// A table is the longest run of entries of one shape that point at names which modules demand, and at other
/// texts that can be names between them. Its entries are sorted, so a descent is where the table of GPL-only
/// symbols begins. The CRCs follow it, and prove it.
Result<ImageExports> exports_in_memory(std::string_view image, const Architecture& architecture,
                                       const DemandIndex& demands);

}  // namespace kpkg::elf
