// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <memory>
#include <string>
#include <vector>

namespace kpkg::system {

/// The job slots that all builds of one kpkg run share. Owns the pipe that holds one byte for each free slot.
///
/// Source: GNU make manual, "POSIX Jobserver Interaction".
class Jobserver {
 public:
  /// The right to run one job, given back when the object ends. A make that runs under it may run one job
  /// without asking, and asks the pipe for more.
  class Slot {
   public:
    Slot(Slot&&) noexcept;
    Slot& operator=(Slot&&) noexcept;
    ~Slot();

   private:
    friend class Jobserver;
    struct Pool;
    explicit Slot(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}

    std::shared_ptr<Pool> pool_;  // shared: a slot may outlive the Jobserver when a run is interrupted
  };

  /// Errors: usage: no slots; io.
  static Result<Jobserver> create(unsigned slots);

  unsigned slots() const { return slots_; }

  /// Waits for a free slot. May be called from any thread.
  ///
  /// When no build runs, slots that killed builds never gave back are made anew. Errors: interrupted.
  Result<Slot> acquire();

  /// What a make finds in MAKEFLAGS: " -j4 --jobserver-auth=5,6".
  ///
  /// The form of make 4.2 and later. Never pass -j as well: it resets the jobserver.
  std::string make_flags() const;

  /// The descriptors that make_flags() names; put them into Command::passed_descriptors.
  std::vector<int> descriptors() const;

 private:
  Jobserver(std::shared_ptr<Slot::Pool> pool, unsigned slots) : pool_(std::move(pool)), slots_(slots) {}

  std::shared_ptr<Slot::Pool> pool_;
  unsigned slots_;
};

}  // namespace kpkg::system
