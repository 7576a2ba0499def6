// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/conf.hpp"
#include "dkmsconf/evaluation.hpp"

#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

// Private to dkmsconf/: from what bash evaluated to what it means. Pure.

/// What the evaluated files mean, with every error and warning that DKMS has for them.
Conf conclude(const Evaluation& evaluation, const ConfRequest& request, const Framework& framework);

/// Where modules are installed: the place that the distribution has for those that are not its own, whatever
/// the record says. Source: dkms(8), DEST_MODULE_LOCATION.
std::string install_location(const Framework& framework, std::string_view written);

}  // namespace kpkg::dkmsconf
