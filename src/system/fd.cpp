// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/fd.hpp"

#include <unistd.h>

namespace kpkg::system {

void Fd::reset(int descriptor) {
  // close() is not repeated on EINTR: Linux has released the descriptor already (close(2), "Dealing with
  // error returns").
  if (descriptor_ >= 0) static_cast<void>(::close(descriptor_));
  descriptor_ = descriptor;
}

}  // namespace kpkg::system
