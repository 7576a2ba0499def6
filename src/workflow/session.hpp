// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "store/store.hpp"
#include "system/lock.hpp"
#include "workflow/workspace.hpp"

#include <chrono>

namespace kpkg::workflow {

/// The right to change a root, and its records: what every command that changes something begins with.
struct Session {
  system::Lock lock;
  store::Store store;
};

/// Takes the lock, opens the records, and finishes or undoes what a crashed command left (invariant I4).
/// Another kpkg is waited for as long as KPKG_LOCK_SECONDS says or, if it says nothing, for `patience`.
///
/// Errors: locked; permission; those of Store::open and install::recover.
Result<Session> open_session(const Workspace& workspace,
                             std::chrono::seconds patience = std::chrono::seconds(60));

}  // namespace kpkg::workflow
