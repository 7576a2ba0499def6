// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::archive {

/// What of an archive is unpacked, and where it must stop.
struct UnpackOptions {
  std::string prefix;     ///< only members under this directory, "usr/src/x-1.0"; empty: all
  std::size_t strip = 0;  ///< leading components taken off each name, as tar's --strip-components
  std::uint64_t size_limit = 1U << 30;  ///< bytes of all files together, unpacked
  std::size_t member_limit = 200'000;   ///< the kernel's own sources have under 100 000

  bool operator==(const UnpackOptions&) const = default;
};

/// What was unpacked.
struct Unpacked {
  std::size_t members = 0;
  std::uint64_t bytes = 0;  ///< of all files together

  bool operator==(const Unpacked&) const = default;
};

/// Unpacks the archive `file` into `destination`, a directory that is made here or is there and empty.
///
/// Reads tar in any compression, zip and .deb (its data part). Nothing is ever written outside `destination`:
/// absolute names, "..", names with control characters, members written through a link or over another
/// member, hard links to anything but an earlier file, and links that lead out, even by way of other links,
/// end the unpacking; so do devices, pipes and sockets. Owners are not restored, modes become 0644 or 0755 as
/// in git, times are kept.
///
/// On failure the caller removes `destination`, which may then hold a part of the archive.
/// Errors: corrupt: damaged, truncated, hostile, over a limit, or without a member under the prefix: names
/// the member; conflict: the destination is not empty; not_found, no_space, permission, io; interrupted.
Result<Unpacked> unpack(const std::string& file, const std::string& destination,
                        const UnpackOptions& options = {});

/// unpack() of an archive that is in memory; `name` is for messages.
Result<Unpacked> unpack_bytes(std::string_view bytes, const std::string& name, const std::string& destination,
                              const UnpackOptions& options = {});

/// The names of all members as unpack() takes them (no leading "./", no trailing slash), in archive order.
///
/// Calling this finds the usr/src/NAME-VERSION of a .deb before it is unpacked. Errors: as unpack().
Result<std::vector<std::string>> member_names(const std::string& file);

}  // namespace kpkg::archive
