// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/kernel_log.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace kpkg::system {
namespace {

constexpr std::size_t largest_record = 16384;  // the kernel's is 2 KiB since 6.5, 8 KiB before

/// The hint of every failure: whoever may read the log can hand over what is in it.
constexpr const char* hand_over = "run it as root, or give kpkg the lines: sudo dmesg | kpkg explain -";

/// Adds the messages of "4,1234,5678,-;text"; lines that begin with a blank tell about the one before them.
void add_messages(std::string_view records, std::vector<std::string>& messages) {
  for (const auto& line : lines(records)) {
    const auto semicolon = line.find(';');
    if (line.empty() || line.front() == ' ' || semicolon == std::string::npos) continue;
    messages.push_back(line.substr(semicolon + 1));
  }
}

}  // namespace

Result<KernelLog> KernelLog::open(From from, const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    auto error = system_error(errno, "cannot read the kernel log " + path);
    error.hint = hand_over;
    return fail(std::move(error));
  }
  if (from == From::now && ::lseek(file.get(), 0, SEEK_END) < 0)
    return fail(system_error(errno, "cannot find the end of the kernel log " + path));
  return KernelLog(std::move(file));
}

Result<std::vector<std::string>> KernelLog::read() const {
  std::vector<std::string> messages;
  std::array<char, largest_record> buffer{};
  while (true) {
    // /dev/kmsg gives one whole record a call.
    const auto got = ::read(file_.get(), buffer.data(), buffer.size());
    const int cause = errno;
    if (got == 0 || (got < 0 && cause == EAGAIN)) return messages;
    // EPIPE: the record that was to be read was overwritten; the next call has the oldest one that is left.
    if (got < 0 && (cause == EINTR || cause == EPIPE)) continue;
    if (got < 0) {
      auto error = system_error(cause, "cannot read the kernel log");
      error.hint = hand_over;
      return fail(std::move(error));
    }
    add_messages({buffer.data(), static_cast<std::size_t>(got)}, messages);
  }
}

}  // namespace kpkg::system
