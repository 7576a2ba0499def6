// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::crypto {

// Private to crypto/: the algorithms that kernels know by object identifier.

/// "sha256" of the contents of an object identifier; empty if no kernel has taken it for a digest.
std::string_view digest_named_by(std::string_view identifier);

/// "rsa", "ecdsa", …; empty if no kernel has taken it for a signature.
std::string_view algorithm_named_by(std::string_view identifier);

/// "1.2.840.113549.1.7.2"
std::string dotted(std::string_view identifier);

/// The contents of an object identifier in DER.
constexpr std::string_view signed_data_identifier = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
constexpr std::string_view data_identifier = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
constexpr std::string_view indirect_data_identifier = "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04";
constexpr std::string_view common_name_identifier = "\x55\x04\x03";

}  // namespace kpkg::crypto
