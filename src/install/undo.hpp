// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/apply.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::install {

// Private to install/: the names under which apply() keeps what it needs, and the two ways to be rid of them.

/// One transaction at work.
struct Change {
  const Plan& plan;  ///< of all its plans, joined
  std::int64_t id = 0;
  const Site& site;
};

/// Where the new bytes of `path` wait, and where its old ones are kept: beside it, so that a rename is
/// enough.
///
/// The names end in ".part" because depmod takes hidden files too if they end in ".ko" (tried with kmod 30),
/// and modprobe, systemd and udev look at the end of a name as well. The number is of the transaction.
std::string staged_path(std::string_view path, std::int64_t id);
std::string saved_path(std::string_view path, std::int64_t id);

/// The digest of the file, or nothing if it is absent.
Result<std::optional<crypto::Digest>> digest_on(Disk& disk, const std::string& path);

/// Puts back every old file and the old index, whatever of the plan was done; again and again gives the same.
Status undo(const Change& change);

/// Removes what is kept of the old files, and directories of ours that are empty.
Status tidy(const Change& change);

}  // namespace kpkg::install
