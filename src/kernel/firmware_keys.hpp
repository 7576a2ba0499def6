// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_policy.hpp"
#include "base/result.hpp"
#include "system/root.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: what the firmware of a machine says of keys.

/// The certificates in a list of signatures, as the variables db and MokListRT have it. What is damaged ends
/// the list. Source: UEFI Specification 2.10, 32.4.1, EFI_SIGNATURE_LIST.
std::vector<abi::TrustedKey> keys_of_signature_list(std::string_view bytes, std::string_view origin);

/// The keys of the machine's owner and of its firmware, from the variables under /sys of `root`; none if
/// there are no variables or they are not readable.
Result<std::vector<abi::TrustedKey>> firmware_keys(const system::Root& root);

/// The keys that the machine's owner and its firmware forbid, as far as they are certificates: digests of
/// some are on those lists too, and mean programs.
Result<std::vector<abi::TrustedKey>> revoked_firmware_keys(const system::Root& root);

/// Whether the machine boots only what is signed; nothing: not known. A machine without EFI does not.
Result<std::optional<bool>> is_secure_boot(const system::Root& root);

/// The keys in the text of /proc/keys, of which only names and identifiers are seen.
/// Source: linux Documentation/security/keys/core.rst, "/proc/keys".
std::vector<abi::TrustedKey> keys_of_running_kernel(std::string_view text);

}  // namespace kpkg::kernel
