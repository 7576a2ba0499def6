// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/printer.hpp"
#include "dkmsbuild/site.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

/// Something that takes time, as DKMS tells of it.
struct Invocation {
  std::string command;      ///< as DKMS would hand it to the shell
  std::string description;  ///< "Building module(s)"
  std::string package;      ///< PACKAGE_NAME of the module it is for: those of DKMS's own tests get no dots
  bool is_verbose = false;  ///< the command is shown instead of the description, and there are no dots

  bool operator==(const Invocation&) const = default;
};

/// Prints "Building module(s)...", runs `work`, and prints " done." or "(bad exit status: 2)" with the
/// command. Yields what `work` yields: an exit status.
Result<ExitStatus> invoke(const Invocation& invocation, Printer& printer,
                          const std::function<Result<ExitStatus>()>& work);

/// invoke() of a command of the administrator (post_transaction), run by bash with the rights of the caller.
/// `environment` is what it gets beside the caller's. What it prints goes into `log`, a file of the root that
/// is made anew, with DKMS's frame around it.
Result<ExitStatus> invoke_logged(const Site& site, const Invocation& invocation,
                                 const std::vector<std::string>& environment, const std::string& log);

}  // namespace kpkg::dkmsbuild
