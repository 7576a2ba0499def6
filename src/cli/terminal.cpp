// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.hpp"

#include "base/text.hpp"
#include "system/console.hpp"

#include <fmt/format.h>

#include <string_view>

namespace kpkg::cli {
namespace {

using workflow::Event;
using workflow::EventKind;
using workflow::Stage;

constexpr std::chrono::milliseconds between_drawings{100};

std::string_view doing(Stage stage) {
  switch (stage) {
    case Stage::wait: return "waiting for another kpkg";
    case Stage::download: return "downloading";
    case Stage::unpack: return "unpacking";
    case Stage::build: return "building";
    case Stage::judge: return "judging";
    case Stage::install: return "installing";
    case Stage::load: return "loading";
  }
  return "working";
}

std::string words_of(const Event& event) {
  std::string text(doing(event.stage));
  if (!event.subject.empty()) text += " " + event.subject;
  if (!event.kernel.empty()) text += " for " + event.kernel;
  return text;
}

std::string amount_text(const Event& event) {
  constexpr double megabyte = 1e6;
  const auto done = static_cast<double>(event.done) / megabyte;
  if (event.total == 0) return fmt::format("{:.1f} MB", done);
  return fmt::format("{:.1f} of {:.1f} MB", done, static_cast<double>(event.total) / megabyte);
}

}  // namespace

Terminal::Terminal(const system::Host& host, int verbosity)
    : shows_progress_(host.has_terminal && verbosity >= 0),
      colored_(host.wants_color),
      verbosity_(verbosity) {
  if (!shows_progress_) return;
  ticker_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(between_drawings);
      const std::lock_guard lock(guard_);
      draw_progress();
    }
  });
}

Terminal::~Terminal() {
  ticker_ = {};
  clear_progress();
}

void Terminal::on(const Event& event) {
  const std::lock_guard lock(guard_);
  const auto key = words_of(event);
  switch (event.kind) {
    case EventKind::started:
      running_.emplace(key, SteadyClock::now());
      if (verbosity_ > 0) print_line(key);
      break;
    case EventKind::progress: detail_ = event.text.empty() ? amount_text(event) : event.text; break;
    case EventKind::finished:
      running_.erase(key);
      detail_.clear();
      if (verbosity_ > 0 && !event.text.empty()) print_line(key + ": " + event.text);
      break;
    case EventKind::note:
      if (verbosity_ >= 0) print_line("note: " + event.text);
      break;
    case EventKind::warning:
      if (verbosity_ >= 0) print_line("warning: " + event.text);
      break;
  }
  draw_progress();
}

void Terminal::show(const Error& error) {
  const std::lock_guard lock(guard_);
  const auto* mark = colored_ ? "\x1b[31mkpkg:\x1b[0m " : "kpkg: ";
  print_line(mark + printable(error.text()));
  if (!error.hint.empty()) print_line("hint: " + printable(error.hint));
}

void Terminal::say(const std::string& text) {
  const std::lock_guard lock(guard_);
  clear_progress();
  if (auto printed = system::print(text); !printed && output_) output_ = std::move(printed);
}

bool Terminal::agrees(const std::string& question) {
  const std::lock_guard lock(guard_);
  clear_progress();
  system::print_error(question + " [Y/n] ");
  const auto answer = system::read_answer();
  return answer && (answer->empty() || answer == "y" || answer == "Y" || answer == "yes");
}

void Terminal::print_line(const std::string& text) {
  clear_progress();
  system::print_error(text + "\n");
}

void Terminal::draw_progress() {
  const auto now = SteadyClock::now();
  if (!shows_progress_ || now - last_drawn_ < between_drawings) return;
  if (running_.empty()) return clear_progress();
  last_drawn_ = now;
  const auto& [words, since] = *running_.begin();
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(now - since).count();
  const auto others =
      running_.size() == 1 ? std::string() : fmt::format(" (and {} more)", running_.size() - 1);
  const auto detail = detail_.empty() ? std::string() : ", " + detail_;
  system::print_error(fmt::format("\r\x1b[K{}{} {} s{}", words, others, elapsed, detail));
  drawn_ = true;
}

void Terminal::clear_progress() {
  if (drawn_) system::print_error("\r\x1b[K");
  drawn_ = false;
}

}  // namespace kpkg::cli
