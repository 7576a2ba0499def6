// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmstree/names.hpp"
#include "system/fd.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// The version that `dkms --version` prints and that logs begin with.
inline constexpr std::string_view release_text = "dkms-3.4.3";

/// No log is read that is larger; bytes.
inline constexpr std::uint64_t largest_log = std::uint64_t{1} << 32;

/// The first two lines of a make.log.
std::string log_head(const dkmstree::BuildId& id, std::string_view date);

/// What stands before the output of a command, and what stands behind it.
std::string frame_before(std::string_view description, std::string_view command);
std::string frame_after(int status, std::chrono::milliseconds duration);

/// `text` as `echo -e` prints it, without a line end: \n, \t, \r, \e, \a and \\ mean what they mean there.
std::string unescaped(std::string_view text);

/// A log that commands write to. Owns the open file, to which everything is appended.
class MakeLog {
 public:
  /// A new file of the host, in the place of an older one.
  static Result<MakeLog> create(const std::string& path);

  Status write(std::string_view text) const;

  int descriptor() const { return file_.get(); }
  const std::string& path() const { return path_; }

 private:
  MakeLog(system::Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  system::Fd file_;
  std::string path_;
};

}  // namespace kpkg::dkmsbuild
