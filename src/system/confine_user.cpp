// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/confine.hpp"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace kpkg::system {
namespace {

/// The largest file a build may write: whole kernels with debug info stay below 2 GiB.
constexpr rlim_t most_bytes = rlim_t{4} << 30;

/// Enough for any build beside a desktop of the same user; a fork bomb ends there.
constexpr rlim_t most_processes = 16384;

Status lower(__rlimit_resource_t resource, rlim_t limit) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return fail(system_error(errno, "cannot ask for a resource limit"));
  const rlimit lowered{.rlim_cur = std::min(now.rlim_cur, limit), .rlim_max = std::min(now.rlim_max, limit)};
  if (::setrlimit(resource, &lowered) != 0) return fail(system_error(errno, "cannot lower a resource limit"));
  return {};
}

}  // namespace

Status lower_limits() {
  KPKG_TRY(lower(RLIMIT_FSIZE, most_bytes));
  KPKG_TRY(lower(RLIMIT_NPROC, most_processes));
  return lower(RLIMIT_CORE, 0);
}

Status become_user(uid_t user, gid_t group) {
  if (::setgroups(0, nullptr) != 0) return fail(system_error(errno, "cannot leave the groups"));
  if (::setresgid(group, group, group) != 0) return fail(system_error(errno, "cannot change the group"));
  if (::setresuid(user, user, user) != 0) return fail(system_error(errno, "cannot change the user"));
  // The kernel drops all capabilities with the last uid 0; coming back must be impossible.
  if (user != 0 && ::setuid(0) == 0) return fail(ErrorKind::permission, "the user change can be undone");
  return {};
}

Status gain_no_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail(system_error(errno, "cannot give up privileges"));
  return {};
}

}  // namespace kpkg::system
