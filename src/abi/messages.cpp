// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"

#include <array>

namespace kpkg::abi {

std::span<const std::span<const MessageRow>> messages() {
  static const std::array all = {messages_of_files(), messages_of_symbols(), messages_of_signatures(),
                                 messages_of_code(), messages_of_tools()};
  return all;
}

}  // namespace kpkg::abi
