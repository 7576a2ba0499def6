// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/console.hpp"

#include "system/file.hpp"
#include "system/interruption.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace kpkg::system {

void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // open(2) gives the lowest number that is free, which is this one: those below are open by now.
    static_cast<void>(::open("/dev/null", O_RDWR));
  }
}

Status print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return {};
    if (written < 0) return fail(system_error(errno, "cannot write the output"));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void print_error(std::string_view text) {
  drop(write_all(STDERR_FILENO, text, "stderr"), "nobody is left to read it");
}

std::optional<std::string> read_answer() {
  std::string answer;
  while (true) {
    std::array<pollfd, 2> watched = {{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                      {.fd = Interruption::descriptor(), .events = POLLIN, .revents = 0}}};
    ::poll(watched.data(), watched.size(), -1);
    if (watched[1].revents != 0) return std::nullopt;
    char character = 0;
    if (::read(STDIN_FILENO, &character, 1) != 1) return std::nullopt;
    if (character == '\n') return answer;
    answer += character;
  }
}

}  // namespace kpkg::system
