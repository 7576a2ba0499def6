// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "cli/command.hpp"
#include "workflow/header_installer.hpp"

#include <string>
#include <vector>

namespace kpkg::cli {

/// Who may be asked whether headers are installed: a person at a terminal, or nobody but --yes.
enum class Asking { terminal, nobody };

/// What installs headers for a command: as the settings say, else --yes, else the person's answer.
workflow::HeaderInstaller header_installer(const Context& context, Asking asking);

/// The recipes that a command has built already, for these kernels.
struct Finished {
  std::vector<std::string> recipes;
  std::vector<std::string> kernels;
};

/// Does what the hooks of the header packages would have done, had this kpkg not held the lock: builds what
/// else is installed for the kernels whose headers have come. Call it without a session. As with hooks, a
/// failure is told and changes no status. Where stdout is for JSON, it only says how to do it.
void catch_up(const Context& context, const workflow::HeaderInstaller& installer, const Finished& finished);

}  // namespace kpkg::cli
