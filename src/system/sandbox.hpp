// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/host.hpp"
#include "system/process.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::system {

/// What keeps a build from the rest of the machine, strongest first.
enum class SandboxStrength {
  namespaces,  ///< own mounts, processes, network and user: bubblewrap
  landlock,    ///< own user, writes only where allowed (Landlock), no network (seccomp)
  user_only,   ///< own user and resource limits; an ordinary user keeps their own
};

/// The strength's stable name in JSON and in the store, for example "user_only".
std::string_view name_of(SandboxStrength strength);

enum class Access { read, write };

/// A file or directory of the host that a confined program sees.
struct Bind {
  std::string host;
  std::string inside;  ///< absolute; differs from `host` only where there are namespaces
  Access access = Access::read;

  bool operator==(const Bind&) const = default;
};

/// What a confined program sees besides the programs, libraries and headers of the host.
struct SandboxView {
  std::vector<Bind> binds;
  std::string directory;  ///< of the host, writable, owned by Sandbox::user(); empty: none
  std::string directory_inside = "/build/source";  ///< its name inside, where there are namespaces
  std::string temporary;  ///< of the host, as `directory`; /tmp inside; empty: /tmp in memory, if anywhere

  bool operator==(const SandboxView&) const = default;
};

/// The means of confinement; a test lists some to see what happens without them.
enum class SandboxMeans { bubblewrap, bubblewrap_from_chroot, landlock };

struct SandboxOptions {
  std::string helper;                     ///< the program kpkg-confine; empty: the one that belongs to kpkg
  std::vector<SandboxMeans> unavailable;  ///< not tried

  bool operator==(const SandboxOptions&) const = default;
};

/// Turns a command into one that runs confined. Guards that only what was tried on this machine is used.
///
/// A build needs no network, no root and no file but its own; whoever wrote it may be careless or hostile.
class Sandbox {
 public:
  /// The strongest sandbox that works here, found by running `true` in it.
  ///
  /// Errors: not_found: kpkg-confine is not installed; unsupported: not even another user is possible.
  static Result<Sandbox> choose(Runner& runner, const SandboxOptions& options = {});

  SandboxStrength strength() const { return strength_; }

  /// Who a confined program is for the rest of the machine: _kpkg-build or nobody when kpkg is root, else the
  /// caller. Give this user what the program shall write.
  UserIdentity user() const { return user_; }

  /// Why each stronger sandbox is not used, one clause each: for `kpkg doctor`.
  const std::vector<std::string>& weaknesses() const { return weaknesses_; }

  /// `inside`, confined. Its program and directory are names inside; environment, descriptors, output, input
  /// and time-out mean what they always mean. The environment reaches nothing that runs with kpkg's rights.
  ///
  /// Errors: unsupported: the view gives a file another name, which takes namespaces.
  Result<Command> confine(const Command& inside, const SandboxView& view) const;

  /// The name that a confined program has for the host's file `path`.
  std::string inside(const SandboxView& view, const std::string& path) const;

 private:
  explicit Sandbox(std::string helper) : helper_(std::move(helper)) {}

  Status try_means(Runner& runner, std::optional<SandboxMeans> means);
  Command in_namespaces(const Command& inside, std::vector<std::string> mounts) const;
  Result<Command> as_user(const Command& inside, const SandboxView& view) const;

  std::string helper_;
  UserIdentity user_;
  bool is_root_ = false;
  SandboxStrength strength_ = SandboxStrength::user_only;
  std::optional<SandboxMeans> means_;
  std::vector<std::string> weaknesses_;
};

}  // namespace kpkg::system
