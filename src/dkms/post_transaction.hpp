// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

namespace kpkg::dkms {

/// Runs the command that the administrator wants run after a change (post_transaction), if there is one and
/// the change succeeded; its output goes to post_transaction.log in the tree. Yields `status`.
Result<ExitStatus> conclude_transaction(const Context& context, ExitStatus status);

}  // namespace kpkg::dkms
