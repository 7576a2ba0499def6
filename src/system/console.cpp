// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/console.hpp"

#include "system/file.hpp"
#include "system/interruption.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>

namespace kpkg::system {

void print(std::string_view text) { drop(write_all(STDOUT_FILENO, text, "stdout"), "nobody is left to read it"); }

void print_error(std::string_view text) { drop(write_all(STDERR_FILENO, text, "stderr"), "nobody is left to read it"); }

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
