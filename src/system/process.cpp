// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/process.hpp"

#include "base/text.hpp"
#include "system/child.hpp"
#include "system/host.hpp"
#include "system/interruption.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

namespace kpkg::system {
namespace {

using Milliseconds = std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::array<std::string_view, 6> program_directories = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

/// How long a program may take to end after SIGTERM before it gets SIGKILL.
constexpr Milliseconds grace{2000};

/// A program that prints without end must not take the memory of the machine: the rest is dropped.
constexpr std::size_t most_captured = 64U << 20;

/// Programs whose Debian package is not named like them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> packages = {
    {{"depmod", "kmod"},
     {"kpkg-fetch", "kpkg"},
     {"kpkg-kmod", "kpkg"},
     {"modprobe", "kmod"},
     {"bwrap", "bubblewrap"},
     {"strip", "binutils"},
     {"apt-get", "apt"},
     {"dpkg-query", "dpkg"},
     {"xz", "xz-utils"},
     {"setpriv", "util-linux"},
     {"udevadm", "udev"},
     {"update-initramfs", "initramfs-tools"}}};

std::string package_of(const std::string& program) {
  const auto* found = std::find_if(packages.begin(), packages.end(),
                                   [&](const auto& entry) { return entry.first == program; });
  return found == packages.end() ? program : std::string(found->second);
}

/// What the names of kpkg's own programs begin with.
constexpr std::string_view own_names = "kpkg-";

bool can_be_run(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

/// One of kpkg's own programs: beside the running one, in libexec/kpkg of the same prefix, or of a build tree
/// that is a few directories up.
std::optional<std::string> find_own_program(const std::string& name) {
  const auto running = own_program();
  if (!running) return std::nullopt;
  auto directory = running->substr(0, running->rfind('/'));
  if (auto beside = fmt::format("{}/{}", directory, name); can_be_run(beside)) return beside;
  for (int level = 0; level < 5 && !directory.empty(); ++level) {
    if (auto helper = fmt::format("{}/libexec/kpkg/{}", directory, name); can_be_run(helper)) return helper;
    directory.erase(directory.rfind('/'));
  }
  return std::nullopt;
}

/// One of the child's pipes, read until its end.
struct Stream {
  Fd descriptor;
  std::string* into;

  void read_available() {
    std::array<char, 16384> buffer;
    while (descriptor.is_open()) {
      const ssize_t got = ::read(descriptor.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return descriptor.reset();
      const auto room = most_captured - std::min(most_captured, into->size());
      into->append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
    }
  }
};

/// Waits for one child, its output, the time limit and an interruption at once.
class Watch {
 public:
  Watch(Child child, const Command& command, const LineObserver& on_line, Outcome& outcome)
      : child_(std::move(child)),
        on_stop_(command.on_stop),
        on_line_(on_line),
        outcome_(outcome),
        started_(SteadyClock::now()) {
    streams_[0] = {std::move(child_.output), &outcome.output};
    streams_[1] = {std::move(child_.errors), &outcome.errors};
    for (auto& stream : streams_) ::fcntl(stream.descriptor.get(), F_SETFL, O_NONBLOCK);
    if (command.timeout.count() > 0) deadline_ = started_ + command.timeout;
  }

  Status until_end() {
    while (!has_ended()) {
      KPKG_TRY(wait_for_news());
      for (auto& stream : streams_) stream.read_available();
      tell_lines();
      stop_if_due();
    }
    for (auto& stream : streams_) stream.read_available();
    tell_lines();
    if (on_line_ && told_ < outcome_.output.size()) on_line_(std::string_view(outcome_.output).substr(told_));
    // Whatever the program left running in its group must not outlive it: a build daemon would keep files
    // open.
    if (on_stop_ == OnStop::end) ::kill(-child_.pid, SIGKILL);
    outcome_.duration = std::chrono::duration_cast<Milliseconds>(SteadyClock::now() - started_);
    return {};
  }

 private:
  bool has_ended() {
    int status = 0;
    rusage usage{};
    if (::wait4(child_.pid, &status, WNOHANG, &usage) != child_.pid) return false;
    outcome_.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    const auto seconds = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    outcome_.cpu = seconds + std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    return true;
  }

  Status wait_for_news() {
    const int stop = stopping_ || on_stop_ == OnStop::finish ? -1 : Interruption::descriptor();
    std::array<pollfd, 4> watched = {{{.fd = streams_[0].descriptor.get(), .events = POLLIN, .revents = 0},
                                      {.fd = streams_[1].descriptor.get(), .events = POLLIN, .revents = 0},
                                      {.fd = child_.exit_descriptor.get(), .events = POLLIN, .revents = 0},
                                      {.fd = stop, .events = POLLIN, .revents = 0}}};
    // Without a pidfd (kernels before 5.3, some emulators) the end of the child is asked for every 20 ms.
    int patience = child_.exit_descriptor.is_open() ? 1000 : 20;
    if (deadline_) {
      const auto left = std::chrono::duration_cast<Milliseconds>(*deadline_ - SteadyClock::now()).count() + 1;
      patience = static_cast<int>(std::clamp<long long>(left, 0, patience));
    }
    if (::poll(watched.data(), watched.size(), patience) < 0 && errno != EINTR)
      return fail(system_error(errno, "cannot wait for a program"));
    return {};
  }

  void tell_lines() {
    if (!on_line_) return;
    const std::string_view output = outcome_.output;
    for (auto end = output.find('\n', told_); end != output.npos; end = output.find('\n', told_)) {
      on_line_(output.substr(told_, end - told_));
      told_ = end + 1;
    }
  }

  void stop_if_due() {
    const auto now = SteadyClock::now();
    if (stopping_) {
      if (now >= *deadline_) ::kill(-child_.pid, SIGKILL);
      return;
    }
    outcome_.interrupted = on_stop_ == OnStop::end && Interruption::is_pending();
    outcome_.timed_out = !outcome_.interrupted && deadline_ && now >= *deadline_;
    if (!outcome_.interrupted && !outcome_.timed_out) return;
    ::kill(-child_.pid, SIGTERM);
    stopping_ = true;
    deadline_ = now + grace;
  }

  Child child_;
  const OnStop on_stop_;
  const LineObserver& on_line_;
  std::size_t told_ = 0;  // bytes of the output that on_line_ has heard
  Outcome& outcome_;
  SteadyClock::time_point started_;
  std::array<Stream, 2> streams_;
  std::optional<SteadyClock::time_point> deadline_;
  bool stopping_ = false;
};

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "-_./=:,+@%";
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](unsigned char character) {
    return std::isalnum(character) != 0 || plain.find(static_cast<char>(character)) != std::string_view::npos;
  });
  return is_plain ? word : "'" + replaced(word, "'", "'\\''") + "'";
}

}  // namespace

std::string Command::text() const {
  std::string line = quoted(program);
  for (const auto& argument : arguments) line += " " + quoted(argument);
  return line;
}

std::vector<std::string> system_environment() {
  const std::vector<std::string> directories(program_directories.begin(), program_directories.end());
  return {"PATH=" + join(directories, ":"), "LC_ALL=C.UTF-8"};
}

std::optional<std::string> find_program(const std::string& name) {
  if (name.starts_with('/')) return can_be_run(name) ? std::optional(name) : std::nullopt;
  if (name.starts_with(own_names)) return find_own_program(name);
  for (const auto directory : program_directories) {
    auto path = fmt::format("{}/{}", directory, name);
    if (can_be_run(path)) return path;
  }
  return std::nullopt;
}

Result<Outcome> SystemRunner::run_observed(const Command& command, const LineObserver& on_line) {
  const auto program = find_program(command.program);
  if (!program)
    return fail(ErrorKind::not_found, fmt::format("the program {} is not there", command.program),
                fmt::format("install it: apt-get install {}", package_of(command.program)));
  Outcome outcome;
  auto child = KPKG_TRY(start_child(*program, command));
  KPKG_TRY(Watch(std::move(child), command, on_line, outcome).until_end());
  return outcome;
}

Result<Outcome> run_successfully(Runner& runner, const Command& command) {
  auto outcome = KPKG_TRY(runner.run(command));
  if (outcome.succeeded()) return outcome;
  if (outcome.interrupted) return fail(ErrorKind::interrupted, command.program + " was interrupted");
  if (outcome.timed_out)
    return fail(ErrorKind::io,
                fmt::format("{} took longer than {}", command.program, duration_text(command.timeout)));
  const auto said = lines(trimmed(outcome.errors));
  const auto last = said.empty() ? std::string("it said nothing") : printable(said.back());
  return fail(ErrorKind::io,
              fmt::format("{} failed with status {}: {}", command.program, outcome.status, last));
}

}  // namespace kpkg::system
