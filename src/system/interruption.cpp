// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/interruption.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

namespace kpkg::system {
namespace {

// Signals are the one thing that is global by nature: their mask belongs to the process.
int signal_descriptor = -1;

/// Whether the caller wants the signal to have no effect, as nohup(1) and a shell's `&` do. Once it is
/// blocked the kernel keeps even such a one.
bool is_ignored(int number) {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Status Interruption::begin() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(number)) sigaddset(&signals, number);
  if (const int cause = pthread_sigmask(SIG_BLOCK, &signals, nullptr); cause != 0)
    return fail(system_error(cause, "cannot block signals"));
  signal_descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_descriptor < 0) return fail(system_error(errno, "cannot watch for signals"));
  // A reader that went away (kpkg list | head) is an error of write(2), not a death.
  std::signal(SIGPIPE, SIG_IGN);
  return {};
}

int Interruption::descriptor() {
  return signal_descriptor;
}

bool Interruption::is_pending() {
  pollfd watched{.fd = signal_descriptor, .events = POLLIN, .revents = 0};
  return signal_descriptor >= 0 && ::poll(&watched, 1, 0) > 0;
}

}  // namespace kpkg::system
