// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"

#include <utility>

namespace kpkg::elf {

tl::unexpected<Error> damaged(std::string message) {
  return fail(ErrorKind::corrupt, std::move(message), "the module is damaged; build or install it again");
}

}  // namespace kpkg::elf
