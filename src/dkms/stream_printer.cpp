// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/stream_printer.hpp"

#include "system/console.hpp"

#include <chrono>

namespace kpkg::dkms {
namespace {

constexpr std::chrono::seconds pause{3};  // between two dots

}  // namespace

StreamPrinter::~StreamPrinter() {
  stop_dots();
}

void StreamPrinter::say(dkmsconf::Stream stream, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (is_silent_ || text.empty()) return;
  if (stream == dkmsconf::Stream::errors) return system::print_error(text);
  auto status = system::print(text);
  if (!status && output_) output_ = std::move(status);
}

void StreamPrinter::start_dots() {
  const std::lock_guard lock(mutex_);
  if (is_silent_ || has_dots_) return;
  has_dots_ = true;
  dots_ = std::thread([this] { print_dots(); });
}

void StreamPrinter::stop_dots() {
  {
    const std::lock_guard lock(mutex_);
    has_dots_ = false;
  }
  stopped_.notify_all();
  if (dots_.joinable()) dots_.join();
}

void StreamPrinter::print_dots() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, pause, [this] { return !has_dots_; }))
    drop(system::print("."), "what is said next meets the same failure");
}

void StreamPrinter::silence() {
  const std::lock_guard lock(mutex_);
  is_silent_ = true;
}

Status StreamPrinter::output() {
  const std::lock_guard lock(mutex_);
  return output_;
}

}  // namespace kpkg::dkms
