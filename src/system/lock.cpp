// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/lock.hpp"

#include "system/interruption.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace kpkg::system {

Result<Lock> Lock::acquire(const std::string& path, std::chrono::milliseconds patience,
                           const std::function<void()>& on_wait) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file.is_open()) return fail(system_error(errno, "cannot open the lock " + path));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool waited = false;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    const int cause = errno;
    if (cause != EWOULDBLOCK && cause != EINTR) return fail(system_error(cause, "cannot lock " + path));
    if (Interruption::is_pending())
      return fail(ErrorKind::interrupted, "interrupted while waiting for " + path);
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(ErrorKind::locked, "another kpkg is at work and holds " + path,
                  "wait until it has finished, then try again");
    if (!waited && on_wait) on_wait();
    waited = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Lock(std::move(file));
}

Result<bool> Lock::is_held(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() && errno == ENOENT) return false;
  if (!file.is_open()) return fail(system_error(errno, "cannot open the lock " + path));
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return false;
  if (errno == EWOULDBLOCK) return true;
  return fail(system_error(errno, "cannot ask for the lock " + path));
}

}  // namespace kpkg::system
