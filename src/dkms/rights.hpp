// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/framework.hpp"
#include "workflow/session.hpp"

#include <optional>
#include <string>

namespace kpkg::dkms {

/// What is in the environment of programs that are run while the lock is held.
inline constexpr const char* lock_variable = "KPKG_LOCK";
inline constexpr const char* lock_is_held = "held";

/// The right to change what an action changes, while no other kpkg or dkms does. Owns the lock and kpkg's
/// records, where there are any: a user who is not root may build in a tree of theirs, of which nothing is
/// recorded.
class Rights {
 public:
  /// Takes what the action needs: nothing, if it only looks. What a program runs that holds the lock itself,
  /// such as a script of a module, goes on in its name.
  ///
  /// Errors: those of workflow::open_session.
  static Result<Rights> take(const workflow::Workspace& workspace, const dkmsconf::Framework& framework,
                             const std::string& action);

  /// nullptr: nothing is recorded.
  store::Store* store();

 private:
  std::optional<workflow::Session> session_;
  std::optional<store::Store> store_;
  std::optional<system::Lock> lock_;
};

}  // namespace kpkg::dkms
