// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kpkg::abi {

/// Which kernel it is, and of which files it was learned. For people, and to tell two kernels of one release
/// apart; no rule of the judge asks for it.
struct KernelIdentity {
  std::optional<std::string> banner = {};     ///< of /proc/version, without "Linux version "
  std::optional<std::string> build_id = {};   ///< hexadecimal
  std::optional<std::string> compiler = {};   ///< "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
  std::optional<std::string> image = {};      ///< its path in the root
  std::optional<std::string> container = {};  ///< how the image is packed: "bzImage, xz"
  std::optional<std::string> module_directory = {};
  std::optional<std::uint64_t> modules = {};  ///< how many modules of its own it has
  std::optional<std::string> configuration =
      {};  ///< what is believed about it: "/boot/config-6.1.0-56-amd64"

  bool operator==(const KernelIdentity&) const = default;
};

Json to_json(const KernelIdentity& identity);

/// Errors: corrupt: a field has another type; the message names it.
Result<KernelIdentity> kernel_identity_from_json(const Json& value);

}  // namespace kpkg::abi
