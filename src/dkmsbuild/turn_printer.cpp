// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/turn_printer.hpp"

namespace kpkg::dkmsbuild {

void TurnPrinter::say(Stream stream, std::string_view text) {
  const std::lock_guard guard(mutex_);
  if (has_turn_) return stage_.say(stream, text);
  kept_.push_back({stream, std::string(text)});
}

void TurnPrinter::start_dots() {
  const std::lock_guard guard(mutex_);
  wants_dots_ = true;
  if (has_turn_) stage_.start_dots();
}

void TurnPrinter::stop_dots() {
  const std::lock_guard guard(mutex_);
  wants_dots_ = false;
  if (has_turn_) stage_.stop_dots();
}

void TurnPrinter::take_turn() {
  const std::lock_guard guard(mutex_);
  for (const auto& remark : kept_) stage_.say(remark.stream, remark.text);
  kept_.clear();
  has_turn_ = true;
  if (wants_dots_) stage_.start_dots();
}

}  // namespace kpkg::dkmsbuild
