// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/printer.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// Keeps what is said until its turn comes, then says it and everything after it at once: so that what is
/// done side by side is told of one after the other. Guards itself; the stage is one other printer, on which
/// nobody else speaks while it is the turn of this one.
class TurnPrinter : public Printer {
 public:
  explicit TurnPrinter(Printer& stage) : stage_(stage) {}

  void say(Stream stream, std::string_view text) override;
  void start_dots() override;
  void stop_dots() override;

  /// To be called once.
  void take_turn();

 private:
  std::mutex mutex_;
  Printer& stage_;
  std::vector<dkmsconf::Remark> kept_;
  bool has_turn_ = false;
  bool wants_dots_ = false;
};

}  // namespace kpkg::dkmsbuild
