// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/confine.hpp"
#include "system/fd.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace kpkg::system {
namespace {

Status checked(long answer, const char* attempt) {
  if (answer >= 0) return {};
  return fail(system_error(errno, attempt));
}

/// Makes the namespace's real root the root of this process, out of every chroot: setns(2) does that even for
/// the namespace the process is already in. By pidfd (Linux 5.8), else through /proc.
Status enter_real_root() {
#ifdef SYS_pidfd_open
  const Fd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (self.is_open() && ::setns(self.get(), CLONE_NEWNS) == 0) return {};
#endif
  const Fd space(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
  return checked(space.is_open() ? ::setns(space.get(), CLONE_NEWNS) : -1, "cannot reach the real root");
}

/// Mounts the current directory over `name`, a directory in it, and enters the mount, where it is "." again.
Status enter_bind_mount(const char* name) {
  KPKG_TRY(checked(::mount(".", name, nullptr, MS_BIND | MS_REC, nullptr), "cannot bind the root"));
  return checked(::chdir(name), "cannot enter the bound root");
}

}  // namespace

Status leave_chroot() {
  KPKG_TRY(checked(::unshare(CLONE_NEWNS), "cannot make a mount namespace"));
  const Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  KPKG_TRY(checked(root.get(), "cannot open /"));
  KPKG_TRY(enter_real_root());
  KPKG_TRY(checked(::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_REC, nullptr), "cannot make / private"));
  KPKG_TRY(checked(::fchdir(root.get()), "cannot go back to the chroot"));
  KPKG_TRY(enter_bind_mount("usr"));
  // Both names are ".": the old root ends up mounted over the new one and is taken off at once
  // (pivot_root(2), "pivot_root(".", ".")").
  KPKG_TRY(checked(::syscall(SYS_pivot_root, ".", "."), "cannot change the root"));
  KPKG_TRY(checked(::umount2(".", MNT_DETACH), "cannot leave the old root"));
  return checked(::chdir("/"), "cannot enter /");
}

}  // namespace kpkg::system
