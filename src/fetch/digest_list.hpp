// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "system/process.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kpkg::fetch {

/// The SHA-256 that a list has for the file called `name`: a line of 64 digits, two blanks (or a blank and a
/// star) and the name. Nothing: no such line. Other lines, as those of a signature around the list, are
/// passed over.
///
/// Errors: corrupt: two lines for it tell different digests.
/// Source: sha256sum(1), as sha256sums.asc of kernel.org has it.
Result<std::optional<crypto::Digest>> digest_in_list(std::string_view list, std::string_view name);

/// What gpgv(1) says was signed in the file `list` of the host, by a key of the keyring `keyring` of the
/// host.
///
/// Errors: trust: no good signature of such a key; not_found: there is no gpgv; interrupted; io.
Result<std::string> signed_text(system::Runner& runner, const std::string& list, const std::string& keyring);

}  // namespace kpkg::fetch
