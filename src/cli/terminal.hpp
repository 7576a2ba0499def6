// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/host.hpp"
#include "workflow/events.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace kpkg::cli {

/// Shows what happens on stderr: notes and warnings as lines, and on a terminal one line of progress that
/// rewrites itself. Guards the order of both: the progress line is taken away before anything else is
/// printed.
class Terminal : public workflow::Observer {
 public:
  /// `verbosity`: -1 only errors, 0 notes and warnings, 1 and more every stage.
  Terminal(const system::Host& host, int verbosity);
  ~Terminal() override;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void on(const workflow::Event& event) override;

  /// Prints the failure and what to do now.
  void show(const Error& error);

  /// Prints to stdout.
  void say(const std::string& text);

  /// Whether stdout took everything; the first failure if it did not.
  const Status& output() const { return output_; }

  /// Asks a question that is answered by yes or no; anything but yes is no.
  bool agrees(const std::string& question);

 private:
  using SteadyClock = std::chrono::steady_clock;

  void print_line(const std::string& text);
  void draw_progress();
  void clear_progress();

  const bool shows_progress_;
  const bool colored_;
  const int verbosity_;
  std::mutex guard_;
  std::map<std::string, SteadyClock::time_point>
      running_;         ///< what is under way, by its words, and since when
  std::string detail_;  ///< of a download: "1.2 of 3.4 MB"
  bool drawn_ = false;
  Status output_;
  SteadyClock::time_point last_drawn_;
  std::jthread ticker_;  ///< lets the elapsed time move while nothing happens; last, so that it ends first
};

}  // namespace kpkg::cli
