// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::abi {

/// The message in a line of a log: without time, priority, host, `kernel:`, and the words that the kernel
/// puts before all messages of its loader (`module:`, `x86/modules:`).
///
/// Understands /dev/kmsg, dmesg with each of its times (-T, -d, -x), syslog and journalctl.
std::string_view message_in(std::string_view line);

}  // namespace kpkg::abi
