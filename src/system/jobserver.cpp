// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/jobserver.hpp"

#include "system/interruption.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>

namespace kpkg::system {
namespace {

/// What a slot is in the pipe; any byte will do, and make hands back the one it took.
constexpr char token = '+';

/// A pipe holds at least one page, and nobody has more processors than this.
constexpr unsigned most_slots = 4096;

}  // namespace

/// The pipe and who uses it. `own_read` is a second opening of the pipe's end for reading: kpkg must not wait
/// in read(2), and make must, so they cannot share one set of file flags.
struct Jobserver::Slot::Pool {
  Fd read;
  Fd write;
  Fd own_read;
  unsigned slots = 0;
  std::mutex mutex;
  unsigned running = 0;

  bool take() {
    char byte = 0;
    return ::read(own_read.get(), &byte, 1) == 1;
  }

  void put() { static_cast<void>(!::write(write.get(), &token, 1)); }

  /// Makes the pipe hold exactly one token for each slot. Only while no build runs.
  void refill() {
    while (take()) continue;
    for (unsigned slot = 0; slot < slots; ++slot) put();
  }

  bool try_start() {
    const std::lock_guard guard(mutex);
    // A make that was killed kept its tokens, one that misbehaves may have added some.
    if (running == 0) refill();
    if (!take()) return false;
    ++running;
    return true;
  }

  void finish() {
    const std::lock_guard guard(mutex);
    --running;
    put();
  }
};

Jobserver::Slot::Slot(Slot&&) noexcept = default;

Jobserver::Slot& Jobserver::Slot::operator=(Slot&& other) noexcept {
  std::swap(pool_, other.pool_);
  return *this;
}

Jobserver::Slot::~Slot() {
  if (pool_) pool_->finish();
}

Result<Jobserver> Jobserver::create(unsigned slots) {
  if (slots == 0 || slots > most_slots)
    return fail(ErrorKind::usage, fmt::format("there cannot be {} jobs at once", slots),
                fmt::format("give a number from 1 to {}", most_slots));
  auto pool = std::make_shared<Slot::Pool>();
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(system_error(errno, "cannot make the jobserver's pipe"));
  pool->read.reset(ends[0]);
  pool->write.reset(ends[1]);
  const auto name = fmt::format("/proc/self/fd/{}", ends[0]);
  pool->own_read.reset(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!pool->own_read.is_open()) return fail(system_error(errno, "cannot open the jobserver's pipe again"));
  pool->slots = slots;
  pool->refill();
  return Jobserver(std::move(pool), slots);
}

Result<Jobserver::Slot> Jobserver::acquire() {
  while (!pool_->try_start()) {
    std::array<pollfd, 2> watched = {{{.fd = pool_->own_read.get(), .events = POLLIN, .revents = 0},
                                      {.fd = Interruption::descriptor(), .events = POLLIN, .revents = 0}}};
    // A token may vanish between poll and read; a build that ends gives at least its own one back.
    if (::poll(watched.data(), watched.size(), 1000) < 0 && errno != EINTR)
      return fail(system_error(errno, "cannot wait for a job slot"));
    if (Interruption::is_pending()) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  }
  return Slot(pool_);
}

std::string Jobserver::make_flags() const {
  return fmt::format(" -j{} --jobserver-auth={},{}", slots_, pool_->read.get(), pool_->write.get());
}

std::vector<int> Jobserver::descriptors() const {
  return {pool_->read.get(), pool_->write.get()};
}

}  // namespace kpkg::system
