// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::crypto {

/// The bytes with their SHA-256 digest behind them. It tells that something was cut or altered on its way,
/// not who wrote it: whoever makes bytes makes their digest too.
std::string sealed(std::string bytes);

/// How many bytes sealed() adds.
inline constexpr std::size_t seal_size = 32;

/// The bytes before the digest; nothing: it is not theirs, or there is none.
std::optional<std::string_view> unsealed(std::string_view bytes);

}  // namespace kpkg::crypto
