// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/conf.hpp"
#include "dkmsconf/findings.hpp"
#include "dkmsconf/variables.hpp"

#include <vector>

namespace kpkg::dkmsconf {

// Private to dkmsconf/: the records of modules, one for each index of BUILT_MODULE_NAME and its family.

/// Every record up to the highest index of the family, those in its gaps as well, and what is wrong with
/// each.
std::vector<ConfModule> records_of(const Variables& variables, const Framework& framework,
                                   Findings& findings);

/// What is wrong with them when they are to be built: that one comes twice, or that there is none.
void judge_records(const std::vector<ConfModule>& modules, Findings& findings);

}  // namespace kpkg::dkmsconf
