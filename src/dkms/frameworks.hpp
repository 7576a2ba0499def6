// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

namespace kpkg::dkms {

/// The framework, from memory where possible.
Result<dkmsconf::Framework> framework_of(const dkmsconf::FrameworkRequest& request,
                                         dkmsconf::Interpreter& interpreter,
                                         const std::function<Result<const system::Sandbox*>()>& sandbox,
                                         system::Runner& runner);

/// The framework as it is once the kernel is known.
Result<dkmsconf::Framework> framework_for_kernel(const Context& context, const std::string& kernel);

/// What the command line changes of it.
dkmsconf::Framework with_options(dkmsconf::Framework framework, const Arguments& arguments);

}  // namespace kpkg::dkms
