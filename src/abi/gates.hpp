// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_policy.hpp"
#include "base/json_forward.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// A line of modprobe.d that stands between a user and a module. The kernel knows nothing of it.
struct ModprobeLine {
  std::string module = {};   ///< key (module_key)
  std::string command = {};  ///< what `install` runs instead of loading; empty: the line says `blacklist`
  std::string file = {};     ///< "/etc/modprobe.d/local.conf"

  bool operator==(const ModprobeLine&) const = default;
};

/// A driver inside the kernel's image.
struct BuiltInModule {
  std::string name = {};  ///< key (module_key)
  /// Has its directory in /sys/module, in whose way a module of this name is; nothing: not known.
  std::optional<bool> has_directory = {};

  bool operator==(const BuiltInModule&) const = default;
};

/// What stands between a module and a kernel before anything of the module is looked at: how the machine was
/// booted, who owns it, and what user space was told. Facts of one machine, never of a kernel: they are not
/// remembered with it. Nothing in an optional means: not known, and then it is not checked.
struct Gates {
  std::optional<bool> modules_disabled = {};     ///< kernel.modules_disabled, or booted with `nomodule`
  std::optional<bool> enforces_signatures = {};  ///< module.sig_enforce, on top of the kernel's configuration
  std::optional<bool> is_locked_down = {};       ///< lockdown is integrity or confidentiality
  std::vector<std::string> boot_blacklist = {};  ///< module_blacklist=, names as they are written there
  std::vector<TrustedKey> owner_keys = {};       ///< MOK and db of the firmware
  std::vector<TrustedKey> revoked_keys = {};     ///< MOKX and dbx of the firmware: never trusted
  std::optional<bool> is_fips = {};              ///< /proc/sys/crypto/fips_enabled, or booted with fips=1
  std::optional<bool> ima_appraises = {};        ///< IMA wants a signature of its own of every module
  /// How files are compressed that the modprobe of this root unpacks: "gz", "xz", "zst".
  std::optional<std::vector<std::string>> modprobe_unpacks = {};
  std::string kernel_unpacks = {};  ///< the one that the kernel unpacks itself if asked; empty: not known
  std::vector<ModprobeLine> modprobe_lines = {};
  std::vector<BuiltInModule> built_in = {};  ///< sorted by name

  bool operator==(const Gates&) const = default;
};

/// What a kernel that boots with this command line is told of modules; everything that the line does not
/// mention is off. `policy` says whether there is a lockdown that can be switched on.
/// Source: linux Documentation/admin-guide/kernel-parameters.txt, Documentation/admin-guide/lockdown.
Gates gates_of_command_line(std::string_view line, const SignaturePolicy& policy);

Json to_json(const Gates& gates);

/// Errors: corrupt: a field is missing or has another type; the message names it.
Result<Gates> gates_from_json(const Json& value);

}  // namespace kpkg::abi
