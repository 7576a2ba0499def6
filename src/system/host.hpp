// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::system {

/// The machine kpkg happens to run on. Made once in main, taken apart in workflow; nothing else asks the
/// machine.
struct Host {
  std::string release;      ///< uname -r: in a chroot or container, another system's kernel
  std::string machine;      ///< uname -m
  unsigned processors = 1;  ///< that this process may use
  std::uint32_t user = 0;   ///< effective uid
  std::string home;         ///< of that user; for the state of users other than root
  std::string working_directory;
  /// "https_proxy=http://proxy:3128" and its kin, as kpkg was given them.
  std::vector<std::string> proxies;
  bool has_terminal = false;   ///< stderr is a terminal: progress may be shown
  bool can_ask = false;        ///< stdin and stderr are terminals
  bool wants_color = false;    ///< a terminal, and NO_COLOR is not set
  bool takes_modules = false;  ///< the running kernel can load modules (/proc/modules exists)

  bool is_root() const { return user == 0; }

  bool operator==(const Host&) const = default;
};

Result<Host> observe_host();

/// User + system time of this process so far.
std::chrono::microseconds own_cpu_time();

/// A variable of the environment kpkg was started in, for the few that are documented.
std::optional<std::string> environment_variable(const std::string& name);

/// All of that environment, "NAME=value", for the interface of DKMS, whose settings and scripts may be told
/// of it.
std::vector<std::string> whole_environment();

/// From now on this process makes files that everybody may read (umask 022), whatever its caller wanted.
void make_readable_files();

/// The process that started this one.
int parent_process();

/// Uid and gid of a user of this machine, or nothing if there is no such user.
struct UserIdentity {
  std::uint32_t user = 0;
  std::uint32_t group = 0;

  bool operator==(const UserIdentity&) const = default;
};
Result<std::optional<UserIdentity>> find_user(const std::string& name);

/// The path of the running program itself.
Result<std::string> own_program();

}  // namespace kpkg::system
