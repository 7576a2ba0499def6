// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "workflow/sources.hpp"

#include <string>

namespace kpkg::workflow {

// Private to workflow/: one source of a recipe, by kind.

Result<PartIdentity> identify_part(const Workspace& workspace, const LoadedRecipe& loaded,
                                   const recipe::Source& source, const SourceWish& wish,
                                   const std::vector<store::SourceRecord>& recorded);

/// Fills `destination`, a directory that is absent, with the part.
Status obtain_part(const Workspace& workspace, const PartIdentity& part, const std::string& destination);

}  // namespace kpkg::workflow
