// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsbuild/printer.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace kpkg::dkms {

/// Prints on the streams of this process, at once, so that they can be one file and yet keep their order.
/// Owns the thread that prints dots.
class StreamPrinter : public dkmsbuild::Printer {
 public:
  StreamPrinter() = default;
  StreamPrinter(const StreamPrinter&) = delete;
  StreamPrinter& operator=(const StreamPrinter&) = delete;
  ~StreamPrinter() override;

  void say(dkmsconf::Stream stream, std::string_view text) override;
  void start_dots() override;
  void stop_dots() override;

  /// What -q asks for: from now on nothing is printed.
  void silence();

  /// Whether all that was said could be written to stdout.
  Status output();

 private:
  void print_dots();

  std::mutex mutex_;  // guards what follows, and the order of what is printed
  std::condition_variable stopped_;
  bool is_silent_ = false;
  bool has_dots_ = false;
  Status output_;
  std::thread dots_;
};

}  // namespace kpkg::dkms
